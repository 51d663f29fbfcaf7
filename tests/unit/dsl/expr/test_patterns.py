import pytest

from surestep_dsl.expr.pattern_costs import estimate_compiling_us
from surestep_dsl.expr.patterns import limited_patterns, searcher
from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.load import load_files


@pytest.mark.parametrize(
    ("pattern", "milliseconds"),
    [
        ("^[a-z]+$", 0.02),
        (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", 0.03),
        (r"\w+@\w+", 0.52),
        (r"[\w.-]{1,64}", 16.04),
        (r"(\w{10}-){10}", 25.1),
        (r"a\{100\}\\w", 0.02),
        (r"((((((a{99}){99}){99}){99}){99}){99}){99}", 80),
        (")" * 10 + "(" * 10, 0.03),
        (r"[]\w]", 0.27),
    ],
)
def test_what_a_pattern_costs_to_compile_is_seen_in_its_text(pattern: str, milliseconds: float) -> None:
    assert estimate_compiling_us(pattern) / 1_000 == pytest.approx(milliseconds, abs=0.05)


def test_patterns_are_refused_once_all_take_too_long() -> None:
    patterns = [rf"\w{{50}}{number}" for number in range(40)]
    with limited_patterns():
        allowed = [is_allowed(pattern) for pattern in patterns]
        assert allowed == [True] * 11 + [False] * 29
        assert [is_allowed(pattern) for pattern in patterns] == allowed


def is_allowed(pattern: str) -> bool:
    try:
        searcher(pattern)
    except EvaluationError:
        return False
    return True


def test_outside_of_a_load_patterns_are_not_counted() -> None:
    assert all(is_allowed(rf"\w{{50}}{number}") for number in range(25))


def test_a_project_with_too_many_patterns_is_told_so() -> None:
    types = "".join(f"  T{number}: {{type: string, pattern: '\\w{{50}}{number}'}}\n" for number in range(10, 40))
    found = load_files({"a.yaml": f"spec: 1\napp: shop\ntypes:\n{types}"}).diagnostics
    assert [(one.code, one.span.line) for one in found] == [("T110", 15 + number) for number in range(19)]
    assert found[0].message == "the regular expressions of this project take too long to compile"
    assert found[0].hint == r"write [A-Za-z0-9_] for \w, and [0-9] for \d"


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("(?=a)", "look-around and back-references are not possible in linear time"),
        (r"(a)\1", "look-around and back-references are not possible in linear time"),
        ("(a", None),
    ],
)
def test_a_hint_says_what_patterns_cannot_do(pattern: str, hint: str | None) -> None:
    text = f"spec: 1\napp: shop\ntypes: {{T: {{type: string, pattern: '{pattern}'}}}}\n"
    assert [(one.code, one.hint) for one in load_files({"a.yaml": text}).diagnostics] == [("T110", hint)]
