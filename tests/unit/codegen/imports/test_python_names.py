"""Names that a spec chooses for Python, there and back."""

import pytest

from surestep_codegen.exports.asyncapi import render_asyncapi
from surestep_codegen.exports.jsonschema import render_catalogue
from surestep_codegen.imports.asyncapi import read_asyncapi
from surestep_codegen.imports.jsonschema import read_jsonschema
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.load import load_files
from surestep_dsl.model import Project


@pytest.fixture
def project() -> Project:
    events = "order/paid: {python: Payment, data: {id: string}}, order/kept: {python: Keeping, data: Kept}"
    types = "Kept: {fields: {id: string}}"
    loaded = load_files({"a.yaml": f"spec: 1\napp: shop\ntypes: {{{types}}}\nevents: {{{events}}}\n"})
    assert loaded.project is not None, loaded.errors
    return loaded.project


def test_the_name_of_an_event_survives_json_schema(project: Project) -> None:
    catalogue = read_jsonschema(render_catalogue(project, Remarks()), "shop", Remarks())
    assert {event.name: event.python for event in catalogue.events.values()} == {
        "order/paid": "Payment",
        "order/kept": "Keeping",
    }


def test_the_name_of_an_event_survives_asyncapi(project: Project) -> None:
    catalogue = read_asyncapi(render_asyncapi(project, "1", Remarks()), "shop", Remarks())
    assert {event.name: event.python for event in catalogue.events.values()} == {
        "order/paid": "Payment",
        "order/kept": "Keeping",
    }


def test_a_name_that_python_does_not_allow_is_made_anew() -> None:
    payload: dict[str, JsonValue] = {
        "type": "object",
        "title": "order/paid",
        "properties": {},
        "x-surestep": {"python": "class"},
    }
    [event] = read_jsonschema(payload, "shop", Remarks()).events.values()
    assert (event.name, event.python) == ("order/paid", None)
