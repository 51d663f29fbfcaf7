from fnmatch import fnmatchcase

import pytest
from hypothesis import given, strategies as st

from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.limits import MAX_PATTERN_TRIALS
from surestep_dsl.load import load_files

EVENTS = ("app/a", "app/b.c", "apple/x", "order/created", "order/item.created")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("app/*", ("app/a", "app/b.c")),
        ("*/created", ("order/created",)),
        ("*created", ("order/created", "order/item.created")),
        ("order/*.*", ("order/item.created",)),
        ("*", EVENTS),
        ("app/a", ("app/a",)),
        ("app/a*a", ()),
        ("app", ()),
    ],
)
def test_a_star_is_any_text(pattern: str, expected: tuple[str, ...]) -> None:
    assert EventPatterns(EVENTS).match(pattern) == expected


@given(st.lists(st.text("ab/", min_size=1), max_size=5, unique=True), st.text("ab/*"))
def test_it_agrees_with_the_shell(events: list[str], pattern: str) -> None:
    assert list(EventPatterns(events).match(pattern)) == sorted(name for name in events if fnmatchcase(name, pattern))


def test_each_pattern_is_matched_once_and_against_names_with_its_beginning_only() -> None:
    patterns = EventPatterns(EVENTS)
    for _ in range(10):
        patterns.match("app*")

    assert patterns.trials == 3


def test_patterns_that_take_too_many_comparisons_are_an_error() -> None:
    patterns = 700
    events = "".join(f"  a/e{n}: {{}}\n" for n in range(1 + MAX_PATTERN_TRIALS // patterns))
    functions = "".join(f"  f{n}: {{triggers: {{event: '*e{n}'}}}}\n" for n in range(patterns))
    found = load_files({"a.yaml": f"spec: 1\napp: shop\nevents:\n{events}functions:\n{functions}"}).diagnostics

    assert [one.code for one in found] == ["V108"] * patterns
