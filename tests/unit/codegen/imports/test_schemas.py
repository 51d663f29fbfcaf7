"""What becomes of each part of a JSON Schema, and what is said about it."""

from typing import Any

import pytest

from surestep_codegen.imports.jsonschema import read_jsonschema
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.remarks import Remark, Remarks
from surestep_codegen.spec_text import render_spec
from surestep_dsl.load import load_files

LEFT_OUT = "no counterpart: left out, so more is accepted"


def imported(schema: Any, **defs: Any) -> tuple[str, list[Remark]]:
    """The text of the field `x`, and the remarks, but for the one about 64 bits."""
    root = {"type": "object", "properties": {"x": schema}, "required": ["x"], "additionalProperties": False}
    spec, remarks = imported_root({"title": "a/b", **root, "$defs": defs})
    text = " ".join(spec.partition("data:")[2].split()).removeprefix("{").removeprefix("x: ")
    return text.removesuffix("}"), remarks


def imported_root(document: Any) -> tuple[str, list[Remark]]:
    remarks = Remarks()
    catalogue = read_jsonschema(document, "shop", remarks)
    spec = render_spec("shop", catalogue.description, catalogue.types, catalogue.events)
    assert load_files({"shop.yaml": spec}).errors == (), spec
    return spec, [remark for remark in remarks.made if remark.what != "integer"]


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "minLength": 1, "pattern": "^a$"}, '{type: string, min_length: 1, pattern: "^a$"'),
        ({"type": "integer", "minimum": 0, "exclusiveMaximum": 10}, "{type: integer, min: 0, exclusive_max: 10"),
        ({"type": "number", "multipleOf": 0.01}, "{type: number, multiple_of: 0.01"),
        ({"type": ["string", "null"]}, "string?"),
        ({"type": ["string", "integer", "null"]}, '"string | integer | null"'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string?"),
        ({"oneOf": [{"type": "string"}, {"type": "boolean"}]}, '"string | boolean"'),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, '{type: "list[string]", min_items: 1'),
        ({"type": "array", "items": {"type": "string", "maxLength": 2}}, "items: {type: string, max_length: 2"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, '"map[number]"'),
        ({"type": "object"}, '"map[json]"'),
        ({"type": "object", "properties": {}, "required": []}, '"map[json]"'),
        ({"type": "object", "additionalProperties": False}, "fields: {"),
        ({"enum": ["a", "b"]}, '"enum[a, b]"'),
        ({"enum": [1, 2, None]}, '"enum[1, 2]?"'),
        ({"enum": ["a", 1, 1.5]}, '"enum[a] | enum[1.0, 1.5]"'),
        ({"enum": [0.5, 9223372036854775807]}, '"enum[9223372036854775807] | enum[0.5]"'),
        ({"type": "string", "enum": ["a", "abc", 1], "maxLength": 2}, '"enum[a]"'),
        ({"const": "x y"}, r'"enum[\"x y\"]"'),
        ({"enum": [True, False]}, "boolean"),
        ({"allOf": [{"type": "string", "minLength": 2}, {"minLength": 3}]}, "{type: string, min_length: 3"),
        (
            {
                "allOf": [{"type": "object", "properties": {"a": {}}}, {"properties": {"b": {}}, "required": ["b"]}],
                "unevaluatedProperties": False,
            },
            "fields: {a?: json, b: json",
        ),
        (
            {
                "allOf": [
                    {
                        "type": "object",
                        "properties": {"a": {"type": "string"}, "b": {"type": "number"}},
                        "additionalProperties": False,
                    },
                    {"properties": {"b": {"type": "integer"}, "c": {}}, "required": ["a"]},
                ]
            },
            "fields: {a: string, b?: integer",
        ),
        (
            {
                "type": "object",
                "allOf": [
                    {"properties": {"a": {}, "b": {}}, "additionalProperties": False},
                    {"properties": {"b": {}, "c": {}}, "additionalProperties": False},
                ],
            },
            "fields: {b?: json",
        ),
        ({}, "json"),
        (True, "json"),
        ({"$ref": "#/$defs/Name"}, "Name"),
        ({"$ref": "#/$defs/Name", "maxLength": 2}, "{type: string, min_length: 1, max_length: 2"),
        ({"allOf": [{"$ref": "#/$defs/Name"}], "description": "Words."}, "{type: Name, description: Words."),
        ({"anyOf": [{"type": "string", "minLength": 2}, {"type": "null"}]}, "{type: string?, min_length: 2"),
    ],
)
def test_what_is_carried_over_without_a_word(schema: Any, text: str) -> None:
    found, remarks = imported(schema, Name={"type": "string", "minLength": 1})
    assert (found, remarks) == (text, [])


@pytest.mark.parametrize(
    ("schema", "text", "pointer", "why"),
    [
        ({"not": {"type": "string"}}, "json", "/not", LEFT_OUT),
        (
            {"type": "string", "pattern": "(?=a)"},
            "string",
            "/pattern",
            "look-around `(?=` has no counterpart in linear-time patterns: left out, so more is accepted",
        ),
        (
            {"type": "string", "format": "hostname"},
            "string",
            "/format",
            "there is no type for `hostname`: any text is accepted",
        ),
        (
            {"minLength": 2},
            "{type: string, min_length: 2",
            "",
            "missing: read as string, so values of other kinds are refused",
        ),
        ({"const": True}, "boolean", "", "a boolean cannot be narrowed: true and false are accepted"),
        ({"enum": [[], {}]}, "json", "", "lists and objects cannot be values of an enum: read as json"),
        (
            {"type": "array", "prefixItems": [{}]},
            '"list[json]"',
            "/prefixItems",
            "places of a list cannot have types of their own: items are json",
        ),
        ({"type": "array", "contains": {}}, '"list[json]"', "/contains", LEFT_OUT),
        (
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
            "fields: {a: integer",
            "/additionalProperties",
            "unknown fields are refused here",
        ),
        (
            {"type": "object", "additionalProperties": False, "maxProperties": 1},
            "fields: {",
            "/maxProperties",
            LEFT_OUT,
        ),
        (
            {"oneOf": [{"type": "integer"}, {"type": "number"}]},
            '"integer | number"',
            "/oneOf",
            "a value that fits several members is accepted, too",
        ),
        (
            {"type": "integer", "minimum": 2, "maximum": 1},
            "integer",
            "",
            "no value is within `min: 2` and `max: 1`: left out, so more is accepted",
        ),
        (False, "json", "", "no type refuses everything: read as json"),
        (
            {
                "allOf": [
                    {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
                    {"properties": {"c": {}}, "required": ["c"]},
                ]
            },
            "fields: {a?: json",
            "/allOf/1",
            "cannot be joined with the parts before it: left out, so more is accepted",
        ),
        (
            {"allOf": [{"type": "string", "pattern": "a"}, {"pattern": "b"}]},
            '{type: string, pattern: "a"',
            "/allOf/1",
            "cannot be joined with the parts before it: left out, so more is accepted",
        ),
    ],
)
def test_what_is_lost_is_told_with_its_place(schema: Any, text: str, pointer: str, why: str) -> None:
    found, remarks = imported(schema)
    assert found == text
    assert [(remark.pointer, remark.why, remark.loses) for remark in remarks] == [
        (f"#/properties/x{pointer}", why, True)
    ]


@pytest.mark.parametrize(
    ("schema", "text", "why"),
    [
        (
            {"type": "string", "format": "date-time"},
            "datetime",
            "the type `datetime`, which is a date and time with an offset",
        ),
        (
            {"type": "string", "format": "uri", "maxLength": 9},
            "{type: url, max_length: 9",
            "the type `url`, which is a URL with `://` and a host",
        ),
        (
            {"type": "string", "contentEncoding": "base64"},
            "bytes",
            "the type `bytes`, which is base64 with its padding",
        ),
        ({"type": "string", "minimum": 3}, "string", "says nothing about string: left out"),
        ({"type": "string", "readOnly": True}, "string", "says nothing about values: left out"),
        ({"type": "string", "default": "x"}, "string", "left out: a field with a default may be absent"),
    ],
)
def test_what_changes_its_form_is_noted(schema: Any, text: str, why: str) -> None:
    found, remarks = imported(schema)
    assert found == text
    assert [(remark.why, remark.loses) for remark in remarks] == [(why, False)]


def test_a_default_of_an_optional_field_is_kept_where_its_type_takes_it() -> None:
    spec, remarks = imported_root(
        {
            "title": "a/b",
            "type": "object",
            "additionalProperties": False,
            "properties": {"n": {"type": "integer", "default": 3}, "m": {"type": "integer", "default": "3"}},
        }
    )
    assert "data: n: {type: integer, default: 3} m?: integer" in " ".join(spec.split())
    assert [remark.why for remark in remarks] == ['left out: "3" is not of type integer']


def test_names_that_python_or_the_language_forbid_are_mended() -> None:
    names = ["userId", "user_id", "+", "__class__", "x?"]
    spec, remarks = imported_root(
        {
            "title": " inngest/bad*name ",
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "string"} for name in names},
            "$defs": {"order-line": {"type": "string"}, "3d": {"type": "string"}, "OrderLine": {"type": "string"}},
        }
    )
    assert [remark.why for remark in remarks] == [
        "the wire forbids such a name: `x-inngest/bad-name`",
        "the type `OrderLine`",
        "the type `T3d`",
        "the type `OrderLine2`",
    ]
    assert "user_id?: {type: string, python: user_id2}" in spec
    assert '"x??": string' in spec


def test_openness_is_that_of_the_event_and_closed_objects_get_a_name() -> None:
    closed = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": False}
    open_ = {"type": "object", "properties": {"n": {"type": "integer"}}}
    spec, remarks = imported_root({"title": "a/b", "type": "object", "properties": {"c": closed, "o": open_}})
    assert "ABC:\n    fields: {n?: integer}" in spec
    assert "external: true" in spec
    assert "c?: ABC" in spec
    assert remarks == []


def test_unions_of_objects_with_a_common_constant_are_tagged() -> None:
    pets = [
        {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"], "additionalProperties": False}
        for kind in ("cat", "dog")
    ]
    spec, remarks = imported_root({"$defs": {"Pet": {"oneOf": pets, "description": "A pet."}}})
    assert "union: {on: kind, of: [Pet1, Pet2]}" in spec
    assert remarks == []


def test_values_of_an_enum_keep_their_descriptions() -> None:
    spec, remarks = imported_root({"$defs": {"C": {"oneOf": [{"const": "usd", "title": "Dollar"}, {"const": "+"}]}}})
    assert 'enum: usd: Dollar "+": {python: VALUE}' in " ".join(spec.split())
    assert remarks == []


def test_recursive_types_stay_recursive() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}, "additionalProperties": False}
    spec, _ = imported_root({"$defs": {"Node": node}})
    assert "Node:\n    fields: {next?: Node}" in spec


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"$ref": "https://example.org/x.json"}, "#/properties/x: `https://example.org/x.json` leads out of the file"),
        ({"$ref": "other.json#/A"}, "#/properties/x: `other.json#/A` leads out of the file"),
        ({"$ref": "#anchor"}, "#/properties/x: `#anchor` is no JSON pointer"),
        ({"$ref": "#/$defs/Nowhere"}, "#/properties/x: there is no `#/$defs/Nowhere` in the file"),
        ({"$ref": 1}, "#/properties/x: `$ref` must be a text"),
        (
            {"type": "strin"},
            (
                "#/properties/x: `type` must be one of string, integer, number, boolean, null, array, object, "
                "or a list of these"
            ),
        ),
        ({"type": "string", "minLength": -1}, "#/properties/x: `minLength` must be a whole number from 0"),
        ({"type": "object", "properties": []}, "#/properties/x: `properties` must be an object"),
        ({"anyOf": []}, "#/properties/x: `anyOf` must not be empty"),
        ("string", "#/properties/x: a schema must be an object, true or false"),
    ],
)
def test_what_is_no_schema_is_refused(schema: Any, problem: str) -> None:
    with pytest.raises(ImportProblemError) as caught:
        imported(schema)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    "defs",
    [
        {"A": {"$ref": "#/$defs/A"}},
        {"A": {"$ref": "#/$defs/B"}, "B": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}},
        {"A": {"allOf": [{"$ref": "#/$defs/A"}, {"type": "object"}]}},
    ],
)
def test_references_that_lead_in_a_circle_are_refused(defs: Any) -> None:
    with pytest.raises(ImportProblemError, match=r"circle|nothing but itself"):
        imported_root({"$defs": defs})


def test_work_that_doubles_at_every_level_is_bounded() -> None:
    defs: dict[str, Any] = {"D0": {"type": "string"}}
    for level in range(1, 40):
        inner = {"$ref": f"#/$defs/D{level - 1}"}
        defs[f"D{level}"] = {"allOf": [inner, inner, {"type": "object"}]}
    with pytest.raises(ImportProblemError, match="too many parts"):
        imported_root({"$defs": defs})


def test_comparing_the_members_of_unions_of_unions_takes_little_time() -> None:
    defs: dict[str, Any] = {
        f"T{at}": {"type": "object", "required": [f"x{at}"], "additionalProperties": {}} for at in range(60)
    }
    for at in range(50):
        defs[f"T{at}"] = {"oneOf": [{"$ref": f"#/$defs/T{at + step}"} for step in range(1, 10)]}
    _, remarks = imported_root({"$defs": defs})
    assert ("#/$defs/T0/oneOf", "a value that fits several members is accepted, too") in {
        (remark.pointer, remark.why) for remark in remarks
    }


def test_expansion_without_end_is_refused() -> None:
    node = {"type": "object", "properties": {"x": {"allOf": [{"$ref": "#/$defs/A"}, {"required": ["y"]}]}}}
    with pytest.raises(ImportProblemError, match="nested deeper than 64 levels"):
        imported_root({"$defs": {"A": node}})


def test_a_root_that_lists_payloads_has_an_event_for_each() -> None:
    document = {
        "oneOf": [{"$ref": "#/$defs/order$paid"}, {"$ref": "#/$defs/orders"}],
        "$defs": {
            "orders": {"oneOf": [{"$ref": "#/$defs/order$made"}]},
            "order$made": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
            "order$paid": {"type": "object", "properties": {"b": {"type": "string"}}, "additionalProperties": False},
        },
    }
    spec, remarks = imported_root(document)
    assert remarks == []
    assert " ".join(spec.split()) == (
        'spec: 1 app: shop events: "order$made": data: {a?: string} "order$paid": data: {b?: string}'
    )


def test_a_payload_that_is_one_of_several_objects_is_one_that_accepts_all() -> None:
    properties = {"a": {"type": "string"}, "b": {"type": "string"}}
    one = {"type": "object", "required": ["a", "b"], "properties": properties, "additionalProperties": False}
    other = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    document = {"title": "a/b", "oneOf": [one, {**other, "additionalProperties": False}]}
    spec, remarks = imported_root(document)
    assert [(remark.pointer, remark.loses) for remark in remarks] == [("#/oneOf", True)]
    assert " ".join(spec.split("data:")[1].split()) == '{a: "string | integer", b?: string}'
