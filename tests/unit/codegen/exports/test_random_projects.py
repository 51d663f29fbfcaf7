"""Whatever a project declares, its exports are valid and take what the language takes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from jsonschema import Draft202012Validator
from tests.conftest import enough
from tests.unit.codegen.random_projects import Case, cases

from surestep_codegen.exports.docs.plan import plan_docs
from surestep_codegen.exports.docs.samples import make_sample
from surestep_codegen.exports.openapi import render_openapi
from surestep_codegen.exports.typescript.document import render_typescript
from surestep_codegen.remarks import Remarks
from surestep_codegen.render import render_docs

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Strategies for payloads are made from drawn types, so their text is long."""


@settings(max_examples=enough(60), deadline=None)
@given(case=cases())
def test_openapi_takes_what_the_language_takes(case: Case) -> None:
    document: dict[str, Any] = render_openapi(case.project, "1.0.0", "https://example.org", Remarks())
    body = document["paths"]["/e/{key}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema = Draft202012Validator({"components": document["components"], **body})
    assert schema.is_valid({"name": "a/b", "data": case.payload})
    assert schema.is_valid([{"name": "a/b", "data": case.payload}] * 2)
    assert not schema.is_valid({"name": "a/c", "data": case.payload})


@settings(max_examples=enough(60), deadline=None)
@given(case=cases())
def test_every_event_has_pages_and_an_example(case: Case) -> None:
    assert isinstance(make_sample(case.fields, case.project.types), dict)
    for format_ in ("md", "html"):
        [text] = render_docs(plan_docs(case.project, ""), format_).values()
        assert "a/b" in text


def test_typescript_takes_what_the_language_takes(compile_typescript: Callable[[str], str], tmp_path: Path) -> None:
    texts: list[str] = []

    @settings(max_examples=60, deadline=None, phases=[Phase.generate])
    @given(case=cases())
    def collect(case: Case) -> None:
        value = f"export const value: Events['a/b']['data'] = {json.dumps(case.payload)};\n"
        texts.append(render_typescript(case.project, Remarks()) + value)

    collect()
    for number, text in enumerate(texts):
        (tmp_path / f"case_{number}.ts").write_text(text)
    assert len(texts) > 50
    assert compile_typescript("3") == ""
