from typing import Any

import pytest
from jsonschema import Draft202012Validator

from surestep_codegen.exports.jsonschema import render_catalogue, render_files
from surestep_codegen.remarks import Remarks
from surestep_dsl.load import load_files
from surestep_dsl.model import Project


def project(text: str) -> Project:
    loaded = load_files({"shop.yaml": f"spec: 1\napp: shop\n{text}"})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def fields(*fields: str, types: str = "{}") -> dict[str, Any]:
    """The schema of a payload with these fields."""
    made = project(f"types: {types}\nevents: {{a/b: {{data: {{{', '.join(fields)}}}}}}}")
    schema: Any = render_catalogue(made, Remarks())["$defs"]
    found: dict[str, Any] = schema["AB"]
    return found


def test_absent_and_null_are_different() -> None:
    assert fields("a: string", "b?: string", "c: string?", "d?: string?") == {
        "title": "a/b",
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "string"},
            "c": {"type": ["string", "null"]},
            "d": {"type": ["string", "null"]},
        },
        "required": ["a", "c"],
        "additionalProperties": False,
    }


def test_a_default_lets_a_field_be_absent() -> None:
    schema = fields("a: {type: string, default: x, description: About., deprecated: true, examples: [y]}")
    assert "required" not in schema
    assert schema["properties"]["a"] == {
        "type": "string", "description": "About.", "default": "x", "examples": ["y"], "deprecated": True
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ('"enum[a, b]"', {"type": "string", "enum": ["a", "b"]}),
        ('"enum[a]"', {"type": "string", "const": "a"}),
        ('"enum[1, 2]?"', {"anyOf": [{"type": "number", "enum": [1, 2]}, {"type": "null"}]}),
        ('"string | boolean"', {"anyOf": [{"type": "string"}, {"type": "boolean"}]}),
        ('"list[string?]"', {"type": "array", "items": {"type": ["string", "null"]}}),
        ("{type: 'list[string]', min_items: 1, unique_items: true}",
         {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}),
        ("{type: 'map[boolean]', max_items: 3}",
         {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 3}),
        ("json", {}),
        ("Name?", {"anyOf": [{"$ref": "#/$defs/Name"}, {"type": "null"}]}),
        ("{type: Name, description: Words.}", {"$ref": "#/$defs/Name", "description": "Words."}),
        ("{type: string, sensitive: true}", {"type": "string", "x-surestep": {"sensitive": True}}),
    ],
)  # fmt: skip
def test_types(written: str, schema: dict[str, Any]) -> None:
    assert fields(f"x: {written}", types="{Name: string}")["properties"]["x"] == schema


def test_values_of_an_enum_keep_their_descriptions() -> None:
    made = project("types: {Currency: {enum: {usd: US dollar, eur: ''}}}")
    assert render_catalogue(made, Remarks())["$defs"] == {
        "Currency": {"type": "string", "oneOf": [{"const": "usd", "description": "US dollar"}, {"const": "eur"}]}
    }


def test_tagged_unions_are_told_apart_by_constants() -> None:
    made = project(
        "types:\n  Pay: {union: {on: kind, of: [Card, Bank]}}\n"
        "  Card: {fields: {kind: 'enum[card]'}}\n  Bank: {fields: {kind: 'enum[bank, iban]', next?: Pay}}"
    )
    document = render_catalogue(made, Remarks())
    validator = Draft202012Validator({**document, "$ref": "#/$defs/Pay"})
    right = [{"kind": "card"}, {"kind": "iban", "next": {"kind": "bank"}}]
    wrong = [{"kind": "x"}, {}, {"kind": "card", "next": {"kind": "card"}}, {"kind": "bank", "next": {"kind": "x"}}]
    assert [validator.is_valid(value) for value in [*right, *wrong]] == [True, True, False, False, False, False]


def test_external_events_accept_unknown_fields_and_named_types_do_not() -> None:
    made = project(
        "types: {Item: {fields: {n: integer}}}\n"
        "events:\n  a/b: {external: true, data: {item: Item, inner: {fields: {}}}}\n  a/c: {external: true, data: Item}"
    )
    validator = Draft202012Validator(render_catalogue(made, Remarks()))
    item = {"n": 1}
    for data, is_right in (
        ({"item": item, "inner": {}, "more": 1}, True),
        ({"item": item, "inner": {"more": 1}}, True),
        ({"item": {**item, "more": 1}, "inner": {}}, False),
    ):
        assert validator.is_valid({"name": "a/b", "data": data}) == is_right
    assert validator.is_valid({"name": "a/c", "data": {"n": 1, "more": 1}})


def test_the_root_is_an_event_as_it_is_sent() -> None:
    made = project("events: {a/b: {version: '2', previous: [{version: '1', data: {n: integer}}], data: {n: string}}}")
    validator = Draft202012Validator(render_catalogue(made, Remarks()))
    for event, is_right in (
        ({"name": "a/b", "data": {"n": "x"}}, True),
        ({"name": "a/b", "data": {"n": "x"}, "v": "2", "id": "x", "ts": 1}, True),
        ({"name": "a/b", "data": {"n": 1}, "v": "1"}, True),
        ({"name": "a/b", "data": {"n": 1}}, False),
        ({"name": "a/b", "data": {"n": 1}, "v": "2"}, False),
        ({"name": "a/b", "data": {"n": "x"}, "v": "3"}, False),
        ({"name": "a/c", "data": {"n": "x"}}, False),
        ({"name": "a/b", "data": {"n": "x"}, "user": 1}, False),
    ):
        assert validator.is_valid(event) == is_right, event


def test_a_file_for_each_event_holds_just_the_types_that_it_needs() -> None:
    made = project(
        "types: {A: {fields: {b: 'list[B]'}}, B: string, C: string}\n"
        "events: {order/created: {data: {a: A}}, order/paid: {version: '2', previous: [{version: '1'}], data: {}}}"
    )
    files = render_files(made, Remarks())
    assert list(files) == ["order_created.schema.json", "order_paid.schema.json", "order_paid.1.schema.json"]
    definitions: Any = files["order_created.schema.json"]["$defs"]
    assert list(definitions) == ["A", "B"]
    assert "$defs" not in files["order_paid.schema.json"]


def test_an_example_that_looks_like_a_reference_is_none() -> None:
    made = project("events: {a/b: {data: {x: json}, examples: [{x: {$ref: '#/$defs/Nowhere'}}]}}")
    assert "$defs" not in render_files(made, Remarks())["a_b.schema.json"]
