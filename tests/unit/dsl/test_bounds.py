"""No spec costs more than its length allows: the work, counted in calls, grows with the text and not faster."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from surestep_dsl.limits import MAX_CHECK_PROBLEMS, MAX_FILE_JOBS, MAX_FILE_NODES, MAX_GUESSES
from surestep_dsl.load import Loaded, load_files

HEAD = "spec: 1\napp: shop\n"
SMALL = 200
Make = Callable[[int], str]


def lines(line: Callable[[int], str], count: int) -> str:
    return "".join(f"  {line(number)}\n" for number in range(count))


def types(line: Callable[[int], str]) -> Make:
    return lambda size: f"types:\n{lines(line, size)}"


def events(line: Callable[[int], str]) -> Make:
    return lambda size: f"events:\n{lines(line, size)}"


def functions(line: Callable[[int], str], on: str = "a/e") -> Make:
    declared = "{data: {x: string, n: integer}}"
    return lambda size: f"events:\n{lines(lambda at: f'{on}{at}: {declared}', size)}functions:\n{lines(line, size)}"


HOSTILE: dict[str, Make] = {
    "unknown keys at the top": lambda size: "".join(f"key{number}: 1\n" for number in range(size)),
    "unknown keys of events": events(lambda at: f"a/e{at}: {{dataa: 1}}"),
    "names outside the convention": events(lambda at: f"Event{at}: {{}}"),
    "a chain of aliases": types(lambda at: f"T{at}: T{at + 1}"),
    "a chain of narrowed aliases": types(lambda at: f"T{at}: {{type: T{at + 1}, min: 1}}"),
    "a chain of objects in no order": types(
        lambda at: f"T{at * 7919 % 100_003}: {{fields: {{a: T{(at + 1) * 7919 % 100_003}}}}}"
    ),
    "unknown types": types(lambda at: f"T{at}: Unknown{at}"),
    "an object of many types": lambda size: (
        f"types:\n  All: {{fields: {{{', '.join(f'f{at}: T{at}' for at in range(size))}}}}}\n"
        + lines(lambda at: f"T{at}: {{fields: {{a: T{at + 1}}}}}", size)
    ),
    "unknown events": functions(lambda at: f"f{at}: {{triggers: {{event: a/x{at}}}}}"),
    "equal patterns": functions(lambda at: f"f{at}: {{triggers: {{event: a/*}}, emits: []}}"),
    "equal patterns and keys": functions(lambda at: f"f{at}: {{triggers: {{event: a/*}}, idempotency: event.data.x}}"),
    "a loop of all functions": functions(
        lambda at: f"f{at}: {{triggers: {{event: a/e{at}}}, emits: [a/e{(at + 1) % SMALL}]}}"
    ),
    "many small loops": functions(lambda at: f"f{at}: {{triggers: {{event: a/e{at}}}, emits: [a/e{at}]}}"),
    "wrong expressions": functions(lambda at: f"f{at}: {{triggers: {{event: a/e1}}, idempotency: event.data.z{at}}}"),
    "unknown zones": lambda size: (
        f"functions:\n{lines(lambda at: f'f{at}: {{triggers: {{cron: 0 0 * * *, timezone: Zone{at}}}}}', size)}"
    ),
    "silencers": events(lambda at: f"Event{at}: {{}} # surestep: ignore[V201] a reason"),
    "faulty silencers": events(lambda at: f"Event{at}: {{}} # surestep: ignore[V2{at}] a reason"),
    "steps": lambda size: f"functions:\n  f:\n    steps:\n{lines(lambda at: f'    s{at}: {{sleep: 1h}}', size)}",
    "steps that repeat": lambda size: (
        f"functions:\n  f:\n    steps:\n{lines(lambda at: f'    s-{at}: {{sleep: 1h, repeats: true}}', size)}"
    ),
    "jobs": lambda size: f"jobs:\n{lines(lambda at: f'a/j{at}: {{}}', size // 2)}",
    "older versions": lambda size: (
        "events:\n  a/b:\n    version: now\n    previous:\n" + lines(lambda at: f"    - {{version: v{at}}}", size)
    ),
}


def calls_of(text: str) -> int:
    """How many functions are called, those written in C included, to load a spec."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        load_files({"a.yaml": HEAD + text})
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_is_about_twice_the_work(name: str) -> None:
    load_files({"a.yaml": HEAD + HOSTILE[name](2 * SMALL)})  # what is remembered between loads is so for both

    assert calls_of(HOSTILE[name](2 * SMALL)) < 2.3 * calls_of(HOSTILE[name](SMALL))


def load(text: str) -> Loaded:
    return load_files({"a.yaml": HEAD + text})


def test_a_file_with_too_many_values_is_given_up_at_once() -> None:
    text = "types:\n" + "".join(f"  T{number}: T{number + 1}\n" for number in range(MAX_FILE_NODES))

    assert [found.code for found in load(text).diagnostics] == ["S015"]
    assert calls_of(text) < 30 * MAX_FILE_NODES


def test_a_file_with_too_many_jobs_is_an_error() -> None:
    assert load(f"jobs:\n{lines(lambda at: f'a/j{at}: {{}}', MAX_FILE_JOBS)}").errors == ()
    found = load(f"jobs:\n{lines(lambda at: f'a/j{at}: {{}}', MAX_FILE_JOBS + 1)}").diagnostics

    assert [(one.code, one.span.line) for one in found] == [("S015", 3 + MAX_FILE_JOBS + 1)]


def test_errors_of_one_check_are_cut_and_warnings_never() -> None:
    count = MAX_CHECK_PROBLEMS + 10
    errors = load(f"events:\n{lines(lambda at: f'a/e{at}*: {{}}', count)}").diagnostics
    warnings = load(f"events:\n{lines(lambda at: f'Event{at}: {{}}', count)}").diagnostics

    assert [one.code for one in errors].count("V101") == MAX_CHECK_PROBLEMS
    assert [one.code for one in errors].count("S018") == 1
    assert [one.code for one in warnings] == ["V201"] * count


def test_a_template_of_ids_has_an_end() -> None:
    found = load(f"events: {{a/b: {{id: 'x{'{n}' * 100_000}', data: {{n: integer}}}}}}").diagnostics

    assert [(one.code, one.message) for one in found] == [
        ("V104", "the template of an event id has at most 1,000 characters")
    ]


@pytest.mark.parametrize("name", ["unknown types", "unknown events", "wrong expressions", "unknown zones"])
def test_only_the_first_misspelt_names_are_guessed_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    guessed = list[str]()

    def guess(plain: str, *_: object, **__: object) -> list[str]:
        guessed.append(plain)
        return []

    monkeypatch.setattr("surestep_dsl.nearest.get_close_matches", guess)
    load(HOSTILE[name](2 * MAX_GUESSES))

    assert len(guessed) == MAX_GUESSES
