import pytest

from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import (
    AliasDef,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    Scalar,
    ScalarKind,
    UnionOf,
)
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

STRING, INTEGER, JSON = Scalar(ScalarKind.STRING), Scalar(ScalarKind.INTEGER), Scalar(ScalarKind.JSON)


def project(types: str) -> Project:
    loaded = load_files({"a.yaml": f"spec: 1\napp: shop\ntypes:\n  {types}"})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def type_of(expression: str) -> DataType:
    definition = project(f"A: {{fields: {{a: {expression}}}}}\n  B: string").types["A"]
    assert isinstance(definition, ObjectDef)
    return definition.fields[0].type


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("string", STRING),
        ("'string?'", Nullable(STRING)),
        ("'list[map[integer]]'", ListOf(MapOf(INTEGER))),
        ("B", Named("B")),
        ("'enum[no, true, null]'", EnumOf(("no", "true", "null"))),
        ("'enum[1, 2]'", EnumOf((1, 2))),
        ("'enum[1, 2.5]'", EnumOf((1.0, 2.5))),
        ("'enum[\"a b\"]'", EnumOf(("a b",))),
        ("string | integer", UnionOf((STRING, INTEGER))),
        ("string | (integer | B)", UnionOf((STRING, INTEGER, Named("B")))),
        ("string | null", Nullable(STRING)),
        ("string? | integer", Nullable(UnionOf((STRING, INTEGER)))),
        ("json?", JSON),
        ("(string?)?", Nullable(STRING)),
        ("{type: string, max_length: 3}", Scalar(ScalarKind.STRING, Constraints(max_length=3))),
        ("{type: 'string?', max_length: 3}", Nullable(Scalar(ScalarKind.STRING, Constraints(max_length=3)))),
        ("{items: {type: integer, min: 1}}", ListOf(Scalar(ScalarKind.INTEGER, Constraints(min=1)))),
        ("{values: string, max_items: 2}", MapOf(STRING, Constraints(max_items=2))),
        ("{type: decimal, min: 1.5}", Scalar(ScalarKind.DECIMAL, Constraints(min="1.5"))),
    ],
)
def test_expressions_and_long_forms_become_types(expression: str, expected: DataType) -> None:
    assert type_of(expression) == expected


def test_bounds_of_an_alias_and_of_its_use_intersect() -> None:
    types = project(
        "Cents: {type: integer, min: 0, max: 9}\n  A: {fields: {a: {type: 'Cents?', min: 2, max: 20}}}"
    ).types
    definition = types["A"]

    assert isinstance(definition, ObjectDef)
    assert definition.fields[0].type == Nullable(Scalar(ScalarKind.INTEGER, Constraints(min=2, max=9)))


def test_an_enum_expression_under_a_name_is_an_enum() -> None:
    types = project("A: enum[x, y]\n  B: {enum: {usd: US dollar, eur: }}\n  C: B").types

    assert types["A"] == EnumDef("A", ("x", "y"))
    assert types["B"] == EnumDef("B", ("usd", "eur"), {"usd": "US dollar"})
    assert types["C"] == AliasDef("C", Named("B"))


@pytest.mark.parametrize(
    ("kind", "accepted", "refused"),
    [
        ("integer", [0, -1, 2**63 - 1, 1.0], [1.5, "1", True, 2**63]),
        ("number", [0, 1.5], ["1", False]),
        ("boolean", [True], [1, "true"]),
        (
            "datetime",
            ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5+01:00"],
            ["2024-01-01T00:00:00", "2024-13-01T00:00:00Z", 5],
        ),
        ("date", ["2024-02-29"], ["2023-02-29", "20240101"]),
        ("time", ["12:30:00"], ["12:30", "25:00:00"]),
        ("duration", ["1h30m", "PT5S"], ["5", 5, "1.5h"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567"]),
        ("decimal", ["1.10", 1, 1.5], ["1,5", "NaN", True]),
        ("bytes", ["aGk=", ""], ["a", "*"]),
        ("url", ["https://example.org/a"], ["example.org"]),
        ("email", ["a@b.org"], ["a", "a@b"]),
        ("json", [None, {"a": [1]}], []),
        ("null", [None], [0]),
    ],
)
def test_wire_forms(kind: str, accepted: list[JsonValue], refused: list[JsonValue]) -> None:
    data_type = Scalar(ScalarKind(kind))

    assert [value for value in accepted if find_refusal(value, data_type, {})] == []
    assert [value for value in refused if not find_refusal(value, data_type, {})] == []


def test_a_refusal_names_the_path_and_the_reason() -> None:
    types = project("A: {fields: {b: 'list[B]'}}\n  B: {fields: {n: {type: integer, min: 1}, m?: string}}").types

    assert find_refusal({"b": [{"n": 1}]}, Named("A"), types) is None
    assert find_refusal({"b": [{"n": 1}, {"n": 0}]}, Named("A"), types) == "at `b[1].n`: 0 is less than 1"
    assert find_refusal({"b": [{"m": "x"}]}, Named("A"), types) == "at `b[0]`: the field `n` is missing"
    assert find_refusal({"b": [], "c": 1}, Named("A"), types) == "there is no field `c`"
