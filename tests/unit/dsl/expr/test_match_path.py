import pytest

from surestep_dsl.datatypes import Field, ListOf, Nullable, ObjectOf, Scalar, ScalarKind
from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr import EventScope, MatchPath, Problem, Scope, check_match, match_value_at, parse_match

TEXT = Scalar(ScalarKind.STRING)


def path(text: str) -> MatchPath:
    parsed = parse_match(text)
    assert isinstance(parsed, MatchPath)
    return parsed


def event(name: str, *fields: Field) -> EventScope:
    return EventScope(name, ObjectOf(fields))


ORDER = event(
    "order/created",
    Field("id", TEXT),
    Field("n", Scalar(ScalarKind.INTEGER)),
    Field("deep", ObjectOf((Field("id", TEXT),))),
    Field("tags", ListOf(TEXT)),
    Field("pin", TEXT, sensitive=True),
    Field("only", Nullable(TEXT), optional=True),
)
PAID = event(
    "order/paid",
    Field("id", TEXT),
    Field("n", TEXT),
    Field("deep", ObjectOf((Field("id", TEXT),))),
    Field("tags", ListOf(TEXT)),
    Field("pin", TEXT),
    Field("only", TEXT),
)
OTHER = event("order/moved", Field("id", TEXT))


def codes(text: str, *scopes: Scope) -> list[str]:
    return [problem.code for problem in check_match(path(text), scopes or (Scope(ORDER, PAID),))]


@pytest.mark.parametrize(
    "text", ["", "data", "id", "data.", "data.a-b", "data.a[0]", "data.a == 1", " data.a", "data.a\n"]
)
def test_what_is_no_path_is_refused(text: str) -> None:
    problem = parse_match(text)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.start, problem.end) == ("E207", 0, len(text))


def test_a_path_with_the_name_of_an_event_gets_a_hint() -> None:
    problem = parse_match("event.data.id")
    assert isinstance(problem, Problem)
    assert problem.hint == "write `data.id`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data.id", []),
        ("data.deep.id", []),
        ("data.only", []),
        ("data.x", ["E202", "E202"]),
        ("data.deep", ["E303"]),
        ("data.tags", ["E303"]),
        ("data.n", ["E301"]),
        ("data.pin", ["E309"]),
    ],
)
def test_both_events_need_the_same_kind_of_scalar(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_field_that_only_some_triggers_have_is_a_warning() -> None:
    (problem,) = check_match(path("data.only"), (Scope(ORDER, PAID), Scope(OTHER, PAID)))
    assert (problem.code, problem.severity) == ("E405", Severity.WARNING)
    assert problem.message == "`data` has no field `only` on `order/moved`"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("data.id", "7"),
        ("data.order.id", '"o-1"'),
        ("data.order.gone", "null"),
    ],
)
def test_a_path_leads_to_the_value_of_a_field(at: str, expected: str) -> None:
    assert match_value_at({"id": 7, "order": {"id": "o-1", "gone": None}}, at) == expected


@pytest.mark.parametrize(
    "at",
    [
        "data.missing",
        "data.order",  # an object
        "data.items",  # an array
        "data.items.0",  # arrays have no fields
        "data.id.deeper",
        "data.",
        "data",
        "id",
        "name",
        "dataset.id",
        "",
    ],
)
def test_a_path_that_leads_to_no_scalar_gives_nothing(at: str) -> None:
    data = {"id": 7, "order": {"id": "o-1"}, "items": [1]}

    assert match_value_at(data, at) is None


def test_the_data_s_own_field_called_data_is_one_step_further() -> None:
    assert match_value_at({"data": {"id": 1}, "id": 2}, "data.data.id") == "1"
