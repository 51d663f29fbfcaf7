"""Catalogues with random damage: each gives a spec or one clear error, never another exception."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from surestep_codegen.imports.asyncapi import read_asyncapi
from surestep_codegen.imports.catalogue import Catalogue
from surestep_codegen.imports.jsonschema import read_jsonschema
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.reading import parse_catalogue
from surestep_codegen.imports.tracking_plan import read_tracking_plan
from surestep_codegen.remarks import Remarks
from surestep_codegen.spec_text import render_spec
from surestep_dsl.load import load_files

GOLDEN = Path(__file__).parents[3] / "golden" / "import"
CATALOGUES: list[tuple[Callable[[Any, str, Remarks], Catalogue], str]] = [
    (read_asyncapi, "asyncapi-2/asyncapi.yaml"),
    (read_asyncapi, "asyncapi-3/asyncapi.yaml"),
    (read_jsonschema, "json-schema/order.schema.json"),
    (read_tracking_plan, "tracking-plan/plan.json"),
]
REFERENCES = ["#", "#/$defs/money", "#/$defs/payment", "#/components/schemas/Account", "#/components/messages/dimLight"]
DAMAGE: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from(["", "a", "null", "object", "string", "*", "x y", "\u0001", "é", 0.5, [], {}, ["a"], [None]]),
    st.sampled_from(REFERENCES).map(lambda reference: {"$ref": reference}),
    st.sampled_from(
        ["anyOf", "oneOf", "allOf", "enum", "required", "type", "items", "properties", "const", "default"]
    ).map(lambda keyword: {keyword: [{"type": "object", "properties": {"": {}, "a?": {"minimum": 1}}}, "a", None]}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in inner for found in places(part, (*path, key)))]


def damage(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    document = copy.copy(document)
    document[path[0]] = damage(document[path[0]], path[1:], value)
    return document


@settings(max_examples=150, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("read", "file"), CATALOGUES, ids=[file for _, file in CATALOGUES])
def test_damage_ends_in_a_spec_or_a_sentence(
    data: st.DataObject, read: Callable[[Any, str, Remarks], Catalogue], file: str
) -> None:
    document: Any = parse_catalogue(file, (GOLDEN / file).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([found for found in places(document) if found]))
        document = damage(document, path, data.draw(DAMAGE))
    try:
        catalogue = read(parse_catalogue("a.json", json.dumps(document).encode()), "shop", Remarks())
    except ImportProblemError:
        return
    spec = render_spec("shop", catalogue.description, catalogue.types, catalogue.events)
    structural = [found for found in load_files({"shop.yaml": spec}).errors if found.code.startswith(("S", "N"))]
    assert structural == [], spec
