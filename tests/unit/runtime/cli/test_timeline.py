import pytest

from surestep.cli.timeline import render_header, render_list, render_steps
from surestep.core.records import RunStatus
from surestep.engines.api import EventRow, RunDetail, RunSummary, StepRow, StepStatus
from surestep.errors import ErrorInfo

NOON_MS = 1_700_000_000_000
DONE = RunSummary("01RUN", "greet", RunStatus.COMPLETED, "event", NOON_MS, NOON_MS + 5, NOON_MS + 1_505)
EVENT = EventRow("01EVENT", "demo/user.greeted", {"name": "Ada"}, "01EVENT", NOON_MS, NOON_MS)


def test_a_list_shows_when_a_run_was_made_and_how_long_it_took() -> None:
    assert render_list([DONE]) == [("01RUN", "greet", "completed", "2023-11-14 22:13:20Z", "1.5s")]


def test_a_run_that_has_not_begun_has_no_duration() -> None:
    queued = RunSummary("01RUN", "greet", RunStatus.QUEUED, "event", NOON_MS)
    assert render_list([queued])[0][-1] == "-"


def test_the_header_tells_what_started_a_run_and_what_it_returned() -> None:
    assert render_header(RunDetail(DONE, (EVENT,), (), result="Hello")) == [
        "run       01RUN",
        "function  greet",
        "status    completed",
        "created   2023-11-14 22:13:20Z",
        "took      1.5s",
        'event     demo/user.greeted 01EVENT {"name": "Ada"}',
        'result    "Hello"',
    ]


def test_the_header_of_a_failed_run_tells_its_error_and_no_result() -> None:
    failed = RunSummary("01RUN", "greet", RunStatus.FAILED, "event", NOON_MS, NOON_MS, NOON_MS)
    lines = render_header(RunDetail(failed, (), (), error=ErrorInfo("ValueError", "no name")))
    assert lines[-1] == "error     ValueError: no name"
    assert not any(line.startswith("result") for line in lines)


def test_the_header_of_a_copy_tells_what_it_does_again() -> None:
    again = render_header(RunDetail(DONE, (), (), copied_from="01OLD", copied_step="charge:1"))
    assert "again     01OLD, from step charge:1" in again
    assert "again     01OLD" in render_header(RunDetail(DONE, (), (), copied_from="01OLD"))


def test_the_header_of_a_blocked_run_shows_history_and_handler_below_each_other() -> None:
    blocked = RunSummary("01RUN", "greet", RunStatus.BLOCKED, "event", NOON_MS, NOON_MS)
    message = 'in run 01RUN\n  position 0    history: run "a"\n                handler: sleep "b"'
    lines = "\n".join(render_header(RunDetail(blocked, (), (), error=ErrorInfo("NonDeterminismError", message))))
    assert lines.endswith(
        "error     NonDeterminismError: in run 01RUN\n"
        '  position 0    history: run "a"\n'
        '                handler: sleep "b"'
    )


def test_steps_are_placed_in_time_from_the_beginning_of_the_run() -> None:
    steps = (
        StepRow("fetch", "run", StepStatus.COMPLETED, 3, NOON_MS + 5, NOON_MS + 25),
        StepRow("pause", "sleep", StepStatus.WAITING, 1, NOON_MS + 1_005),
        StepRow("fetch:1", "run", StepStatus.RETRYING, 2, NOON_MS + 5, error=ErrorInfo("OSError", "gone")),
    )
    assert render_steps(RunDetail(DONE, (EVENT,), steps)) == [
        ("fetch", "run", "completed", "3", "+0ms", "20ms", ""),
        ("pause", "sleep", "waiting", "1", "+1.0s", "-", ""),
        ("fetch:1", "run", "retrying", "2", "+0ms", "-", "OSError: gone"),
    ]


@pytest.mark.parametrize(
    ("took_ms", "shown"),
    [
        (0, "0ms"),
        (999, "999ms"),
        (1_000, "1.0s"),
        (59_949, "59.9s"),
        (60_000, "1m00s"),
        (3_599_000, "59m59s"),
        (3_600_000, "1h00m"),
        (86_400_000, "1d00h"),
        (360_000_000, "4d04h"),
    ],
)
def test_durations_have_two_units_at_most(took_ms: int, shown: str) -> None:
    run = RunSummary("01RUN", "greet", RunStatus.COMPLETED, "event", 0, 0, took_ms)
    assert render_list([run])[0][-1] == shown


def test_what_comes_from_outside_cannot_command_a_terminal() -> None:
    event = EventRow("01EVENT", "a", {"name": "Zoë \x1b[2J \x9b2J"}, "01EVENT", 0, 0)
    failed = RunSummary("01RUN", "greet", RunStatus.FAILED, "event", 0)
    lines = render_header(RunDetail(failed, (event,), (), error=ErrorInfo("ValueError", "\x1b]0;gone\x07")))
    assert lines[-2:] == [
        r'event     a 01EVENT {"name": "Zoë \u001b[2J \x9b2J"}',
        r"error     ValueError: \x1b]0;gone\x07",
    ]
