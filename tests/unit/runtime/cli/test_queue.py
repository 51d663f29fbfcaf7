"""`surestep queue`, with the server's answers made up."""

import time

import httpx
import pytest
from tests.unit.runtime.cli.test_commands import SUMMARY, Server, run, server

__all__ = ["server"]  # the fixture

ROW = {
    "function_id": "greet",
    "policy": "throttle",
    "key": "a",
    "waiting": 7,
    "in_use": None,
    "limit": None,
    "starts_at_ms": 1_700_000_000_000,
}


def test_what_runs_wait_for_is_a_table(server: Server) -> None:
    limited = ROW | {"policy": "concurrency", "key": None, "in_use": 2, "limit": 2, "starts_at_ms": None}
    batch = ROW | {"policy": "batch_events", "waiting": 1, "in_use": 3, "limit": 8}
    capacity = limited | {"function_id": "", "policy": "capacity", "limit": None}
    found = {"queue": [ROW, limited, batch, capacity], "left_off": 9_980, "waiting": 100_000}
    server.answer = httpx.Response(200, json=found)

    result = run("queue", "--function", "greet")

    assert result.output.splitlines() == [
        "function  waits for     key  waiting  in use         next start",
        "greet     throttle      a    7                       2023-11-14 22:13:20Z",
        "greet     concurrency        7        2 of 2",
        "greet     batch_events  a    1        3 of 8 events  2023-11-14 22:13:20Z",
        "(any)     capacity           7",
        "9980 more rows; 100000 wait in all",
    ]
    assert server.requests[0].url.params["function"] == "greet"


def test_keys_cannot_move_the_cursor_and_long_ones_are_cut(server: Server) -> None:
    rows = [ROW | {"key": "a\x1b[2Jb\x00"}, ROW | {"key": "x" * 300_000}]
    server.answer = httpx.Response(200, json={"queue": rows, "left_off": 0, "waiting": 14})
    _, first, second = run("queue").output.splitlines()
    assert first.split() == ["greet", "throttle", "a\\x1b[2Jb\\x00", "7", "2023-11-14", "22:13:20Z"]
    assert second.split() == ["greet", "throttle", "x" * 57 + "...", "7", "2023-11-14", "22:13:20Z"]


def test_an_empty_queue_says_so(server: Server) -> None:
    server.answer = httpx.Response(200, json={"queue": [], "left_off": 0, "waiting": 0})
    assert run("queue").output == "nothing waits\n"
    assert run("queue", "--json").output == "[]\n"


def test_the_queue_is_watched_until_interrupted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop_at_the_third(_: float) -> None:
        if len(server.requests) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", stop_at_the_third)
    server.answer = httpx.Response(200, json={"queue": [], "left_off": 0, "waiting": 0})
    result = run("queue", "--watch")
    assert (result.output, result.exit_code) == ("nothing waits\n" * 3, 0)


@pytest.mark.parametrize(
    ("arguments", "asked", "said"),
    [
        (("queue", "pause", "greet"), "/v1/functions/greet/pause?events=queue", "greet is paused\n"),
        (("queue", "pause", "greet", "--events", "skip"), "/v1/functions/greet/pause?events=skip", "greet is paused\n"),
        (("queue", "resume", "greet"), "/v1/functions/greet/resume", "greet is resumed\n"),
    ],
)
def test_functions_are_paused_and_resumed(server: Server, arguments: tuple[str, ...], asked: str, said: str) -> None:
    assert run(*arguments).output == said
    assert (server.requests[0].method, server.requests[0].url.raw_path.decode()) == ("POST", asked)


def test_a_run_that_waits_says_why(server: Server) -> None:
    held = {"policy": "throttle", "key": "a", "position": 3, "starts_at_ms": 1_700_000_000_000}
    server.answer = httpx.Response(
        200, json={"run": SUMMARY | {"status": "queued"}, "events": [], "steps": [], "held": held}
    )

    shown = run("runs", "show", "01RUN").output

    assert 'held by   throttle of key "a", number 3 in line, goes on at 2023-11-14 22:13:20Z' in shown
