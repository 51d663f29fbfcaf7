import pytest

from surestep_dsl.diagnostics import Severity
from surestep_dsl.load import Loaded, load_files

HEADER = "spec: 1\napp: shop\n"


def load(text: str, severities: dict[str, Severity | None] | None = None) -> Loaded:
    return load_files({"a.yaml": HEADER + text}, severities=severities)


def codes(text: str) -> list[str]:
    return [found.code for found in load(text).diagnostics]


def test_a_comment_silences_its_code_on_its_line() -> None:
    assert codes("events:\n  payment: {}\n") == ["V201"]
    assert codes("events:\n  payment: {}  # surestep: ignore[V201] the provider calls it so\n") == []


def test_it_silences_no_other_line() -> None:
    text = "events:\n  payment: {}\n  refund: {}  # surestep: ignore[V201] as the provider has it\n"
    assert [(found.code, found.span.line) for found in load(text).diagnostics] == [("V201", 4)]


def test_several_codes_stand_between_commas() -> None:
    line = '  payment: {id: "{n}", data: {n: integer}}  # surestep: ignore[ V201,V202 ] old\n'
    assert codes(f"events:\n{line}") == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# surestep: ignore[V201]", "a comment that silences needs a reason"),
        ("# surestep: ignore[] reason", "this comment to surestep cannot be read"),
        ("# surestep: ignore V201 reason", "this comment to surestep cannot be read"),
        ("# surestep: disable", "this comment to surestep cannot be read"),
        ("# surestep: ignore[V20l] reason", "there is no code `V20l`"),
    ],
)
def test_a_faulty_comment_is_a_warning_and_silences_nothing(comment: str, message: str) -> None:
    found = load(f"events:\n  payment: {{}}  {comment}\n").diagnostics
    assert {one.code: one.message for one in found}["S201"] == message
    assert "V201" in [one.code for one in found]


def test_an_unknown_code_comes_with_the_nearest() -> None:
    found = load("events:\n  payment: {}  # surestep: ignore[v201] reason\n").diagnostics
    assert [one.hint for one in found if one.code == "S201"] == ["did you mean `V201`?"]


def test_a_comment_on_a_line_of_its_own_is_faulty() -> None:
    assert codes("events:\n  # surestep: ignore[V201] reason\n  payment: {}\n") == ["S201", "V201"]


def test_a_comment_that_silences_nothing_is_told_with_its_place() -> None:
    (found,) = load("events:\n  shop/order.created: {}  # surestep: ignore[V201] was needed once\n").diagnostics
    assert (found.code, found.severity, found.message) == (
        "S202",
        Severity.WARNING,
        "there is no V201 on this line to silence",
    )
    assert (found.span.line, found.span.column) == (4, 27)


def test_of_two_codes_only_the_unused_one_is_told() -> None:
    found = load("events:\n  payment: {}  # surestep: ignore[V201, V202] reason\n").diagnostics
    assert [(one.code, one.message) for one in found] == [("S202", "there is no V202 on this line to silence")]


def test_an_error_without_which_nothing_is_clear_stays() -> None:
    found = load("events:\n  shop/order.created: {dta: {}}  # surestep: ignore[S101] reason\n").diagnostics
    assert [one.code for one in found] == ["S101", "S201"]


def test_while_there_are_errors_nothing_is_said_about_unused_comments() -> None:
    text = "events:\n  shop/order.created: {dta: {}}\n  shop/order.paid: {}  # surestep: ignore[V201] reason\n"
    assert codes(text) == ["S101"]


def test_what_only_looks_like_a_comment_silences_nothing() -> None:
    text = 'events:\n  payment: {description: "x # surestep: ignore[V201] no comment"}\n'
    assert codes(text) == ["V201"]
    block = "events:\n  payment:\n    description: |\n      # surestep: ignore[V201] no comment\n"
    assert codes(block) == ["V201"]


def test_a_warning_that_the_settings_made_an_error_can_be_silenced_where_it_is_right() -> None:
    text = "events:\n  payment: {}  # surestep: ignore[V201] the provider calls it so\n"
    assert load(text, {"V201": Severity.ERROR}).diagnostics == ()


def test_the_settings_choose_the_severity_of_an_unused_comment() -> None:
    text = "events:\n  shop/order.created: {}  # surestep: ignore[V201] reason\n"
    assert load(text, {"S202": None}).diagnostics == ()


def test_an_error_that_settings_may_lower_can_be_silenced_and_lowered() -> None:
    loop = "events: {shop/a: {external: true}}\nfunctions:\n  f:\n    triggers: {event: shop/a}\n    emits: [shop/a]"
    (found,) = load(loop).diagnostics
    assert (found.code, found.severity) == ("G101", Severity.ERROR)
    lines = loop.split("\n")
    lines[found.span.line - 3] += "  # surestep: ignore[G101] the handler stops it"
    assert load("\n".join(lines)).diagnostics == ()
    (lowered,) = load(loop, {"G101": Severity.WARNING}).diagnostics
    assert lowered.severity is Severity.WARNING
