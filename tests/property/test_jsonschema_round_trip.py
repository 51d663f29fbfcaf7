"""A JSON Schema that is imported and exported again accepts what it accepted, and so does the language itself."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft202012Validator
from tests.conftest import enough

from surestep_codegen.exports.jsonschema import render_catalogue
from surestep_codegen.imports.jsonschema import read_jsonschema
from surestep_codegen.remarks import Remarks
from surestep_codegen.spec_text import render_spec
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

NAMES = st.sampled_from(["a", "b", "userId", "user_id", "class", "_id", "3d", "a?", "x y", "é", "kind", "$ref", "null"])
TEXTS = st.sampled_from(["", "a", "ab", "abc", "no", "1", "null", "x y", "é", '"', "a\nb", "😀"])
NUMBERS = st.integers(-4, 9) | st.sampled_from([0.5, -1.5, 2.0, 1e300, 2**63 - 1])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
REFERENCES = st.sampled_from(["Node", "tag", "Pet", "Either"]).map(lambda name: {"$ref": f"#/$defs/{name}"})

DEFINITIONS: dict[str, Any] = {
    "Node": {
        "type": "object",
        "properties": {"next": {"$ref": "#/$defs/Node"}, "all": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
        "additionalProperties": False,
    },
    "tag": {"type": "string", "maxLength": 2},
    "Pet": {
        "oneOf": [
            {
                "type": "object",
                "properties": {"kind": {"const": kind}, name: {"type": "integer"}},
                "required": ["kind"],
                "additionalProperties": False,
            }
            for kind, name in (("cat", "lives"), ("dog", "age"))
        ]
    },
    "Either": {"anyOf": [{"$ref": "#/$defs/tag"}, {"type": "integer"}, {"type": "null"}]},
}


def with_some(always: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.just(value) for name, value in always.items()}, optional=optional)


COUNTS = st.integers(0, 3)
TEXT_SCHEMAS = with_some(
    {"type": "string"},
    minLength=COUNTS,
    maxLength=st.integers(3, 5),
    pattern=st.sampled_from(["^[a-c]*$", "b", "^a.b"]),
)
NUMBER_SCHEMAS = st.sampled_from(["integer", "number"]).flatmap(
    lambda kind: with_some(
        {"type": kind},
        minimum=st.integers(-3, 0),
        maximum=st.integers(5, 8),
        exclusiveMinimum=st.integers(-3, 0),
        multipleOf=st.sampled_from([1, 2, 0.5]),
    )
)
LEAVES = st.one_of(
    TEXT_SCHEMAS,
    NUMBER_SCHEMAS,
    REFERENCES,
    st.sampled_from(["boolean", "null", ["string", "null"], ["integer", "string"], ["array", "boolean", "null"]]).map(
        lambda kind: {"type": kind}
    ),
    st.lists(SCALARS.filter(lambda value: not isinstance(value, bool)), min_size=1, max_size=4).map(
        lambda values: {"enum": values}
    ),
    TEXTS.map(lambda value: {"const": value}),
    st.just({}),
    st.just(True),
)


def closed_objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    properties = st.dictionaries(NAMES, inner, max_size=4)
    return properties.flatmap(
        lambda found: (
            st.lists(st.sampled_from(sorted(found)), unique=True).map(
                lambda required: {
                    "type": "object",
                    "properties": found,
                    "required": [name for name in required if name != "a?"],
                    "additionalProperties": False,
                }
            )
            if found
            else st.just({"type": "object", "additionalProperties": False})
        )
    )


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    items = inner.flatmap(
        lambda items: with_some({"type": "array", "items": items}, minItems=COUNTS, maxItems=st.integers(3, 4))
    )
    maps = inner.flatmap(
        lambda values: with_some({"type": "object", "additionalProperties": values}, minProperties=st.integers(0, 1))
    )
    unions = st.lists(inner, min_size=1, max_size=3).map(lambda members: {"anyOf": members})
    joined = st.tuples(TEXT_SCHEMAS, st.just({"type": ["string", "null"]})).map(lambda parts: {"allOf": list(parts)})
    narrowed = REFERENCES.map(lambda reference: {**reference, "description": "Words beside a reference."})
    return st.one_of(items, maps, unions, joined, narrowed, closed_objects(inner))


SCHEMAS = st.recursive(LEAVES, containers, max_leaves=5)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A payload beside named schemas; half of the payloads accept unknown fields."""
    root = draw(closed_objects(SCHEMAS))
    if draw(st.booleans()):
        del root["additionalProperties"]
    return {"title": "order/created", "$defs": DEFINITIONS, **root}


ANYTHING = st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(NAMES, SCALARS, max_size=2))


@st.composite
def values_for(draw: st.DrawFn, schema: Any, depth: int = 0) -> Any:
    """A value that is often right and often nearly right."""
    if not isinstance(schema, dict) or depth > 5 or draw(st.integers(0, 7)) == 0:
        return draw(ANYTHING)
    inside = depth + 1
    if "$ref" in schema:
        return draw(values_for(DEFINITIONS[schema["$ref"].rpartition("/")[2]], inside))
    if members := [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        return draw(values_for(draw(st.sampled_from(members)), inside))
    if "enum" in schema or "const" in schema:
        return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return draw(st.lists(values_for(schema.get("items", {}), inside), max_size=4))
    if "properties" in schema:
        wanted = [name for name in schema["properties"] if name in schema.get("required", ()) or draw(st.booleans())]
        return {name: draw(values_for(schema["properties"][name], inside)) for name in wanted}
    if schema.get("type") == "object":
        return draw(st.dictionaries(NAMES, values_for(schema.get("additionalProperties", {}), inside), max_size=3))
    kinds = {"string": TEXTS, "integer": st.integers(-4, 9), "number": NUMBERS, "boolean": st.booleans()}
    return draw(kinds.get(str(schema.get("type")), ANYTHING))


def imported(document: dict[str, JsonValue]) -> tuple[Project, str]:
    """The project of a schema, and its spec; nothing may be lost."""
    remarks = Remarks()
    catalogue = read_jsonschema(json.loads(json.dumps(document)), "catalogue", remarks)
    assert [remark for remark in remarks.made if remark.loses] == []
    spec = render_spec("shop", catalogue.description, catalogue.types, catalogue.events)
    loaded = load_files({"specs/shop.yaml": spec})
    assert loaded.project is not None, f"{spec}\n{loaded.errors}"
    return loaded.project, spec


@settings(max_examples=enough(150), deadline=None)
@given(st.data())
def test_what_is_imported_and_exported_accepts_the_same(data: st.DataObject) -> None:
    document = data.draw(documents())
    project, spec = imported(document)
    exported = render_catalogue(project, Remarks())
    Draft202012Validator.check_schema(exported)
    before = Draft202012Validator(document)
    after = Draft202012Validator({**exported, "oneOf": [{"$ref": "#/$defs/OrderCreated"}]})
    event = project.events["order/created"]
    fields = project.fields_of(event.fields, event.data_type)
    for payload in data.draw(st.lists(values_for(document), min_size=3, max_size=8)):
        is_right = before.is_valid(payload)
        assert after.is_valid(payload) == is_right, (spec, payload)
        if not event.external and isinstance(payload, dict):
            refusal = find_refusal_of_fields(payload, fields, project.types)
            assert (refusal is None) == is_right, (spec, payload, refusal)
