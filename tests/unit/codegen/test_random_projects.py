"""Any project becomes modules that import, and classes that accept what the language accepts and keep every byte."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pydantic import ValidationError
from tests.conftest import enough
from tests.unit.codegen.random_projects import Case, cases, spoilt, with_functions

from surestep.authoring.refusals import find_faults
from surestep.errors import Fault
from surestep_codegen.plan.index import Layout
from surestep_codegen.plan.project import plan_project
from surestep_codegen.render import render_module
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.datatypes import NO_DEFAULT, JsonValue
from surestep_dsl.model import Project

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Strategies for payloads are made from drawn types, so their text is long."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("random")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))


NUMBERS = count()
ROOT = Path(__file__).parents[3]


def write(project: Project, package: str, root: Path) -> None:
    """Generate a project's package."""
    for module in plan_project(project, Layout(f"{package}.contract", f"{package}.handlers")).generated:
        path = root / module.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_module(module), encoding="utf-8")


def event_class(project: Project, root: Path) -> Any:
    """The event's class, imported from a package with a name of its own."""
    package = f"random_project_{next(NUMBERS)}"
    write(project, package, root)
    return import_module(f"{package}.contract.events").AB


@settings(max_examples=enough(60), deadline=None)
@given(case=cases())
def test_classes_read_back_what_they_wrote(case: Case, packages: Path) -> None:
    event = event_class(case.project, packages)
    first = event.model_validate_json(json.dumps({"name": "a/b", "data": case.payload}))
    written = first.model_dump_json(warnings="error")
    again = event.model_validate_json(written)
    assert (again, again.model_dump_json()) == (first, written)
    data = json.loads(written)["data"]
    assert find_refusal_of_fields(data, case.fields, case.project.types) is None
    assert is_kept(case.payload, {name: value for name, value in data.items() if name in case.payload})
    assert data.keys() == case.payload.keys() | {field.name for field in case.fields if field.default is not NO_DEFAULT}


def is_kept(before: JsonValue, after: JsonValue) -> bool:
    """Whether nothing but the spelling of texts has changed: what is absent, null, in order and exact stays so."""
    match before, after:
        case dict(), dict():
            return before.keys() == after.keys() and all(is_kept(before[name], after[name]) for name in before)
        case list(), list():
            return len(before) == len(after) and all(map(is_kept, before, after))
        case str(), str():
            return True
        case _:
            return isinstance(before, bool) == isinstance(after, bool) and before == after


@settings(max_examples=enough(30), deadline=None)
@given(case=cases())
def test_defaults_fill_in_what_the_wire_would_have_said(case: Case, packages: Path) -> None:
    event = event_class(case.project, packages)
    has_default = {field.name for field in case.fields if field.default is not NO_DEFAULT}
    rest = {name: value for name, value in case.payload.items() if name not in has_default}
    assert event.model_validate_json(json.dumps({"name": "a/b", "data": rest})) == event.model_validate_json(
        json.dumps({"name": "a/b", "data": case.payload})
    )


@settings(max_examples=enough(60), deadline=None)
@given(data=st.data(), case=cases())
def test_classes_accept_exactly_what_the_language_accepts(data: st.DataObject, case: Case, packages: Path) -> None:
    event = event_class(case.project, packages)
    for _ in range(10):
        payload = data.draw(spoilt(case.payload))
        refusal = find_refusal_of_fields(payload, case.fields, case.project.types)
        faults = faults_of(event, payload)
        assert (faults == []) == (refusal is None), (payload, refusal, faults)
        assert [fault for fault in faults if not fault.path.startswith("data") or "nput" in fault.message] == []


def faults_of(event: Any, payload: JsonValue) -> list[Fault]:
    """Why a class refuses a payload, in words for people."""
    whole: JsonValue = {"name": "a/b", "data": payload}
    try:
        event.model_validate_json(json.dumps(whole))
    except ValidationError as error:
        return list(find_faults(error, event, whole))
    return []


@settings(max_examples=enough(20), deadline=None)
@given(case=cases())
def test_functions_of_these_types_import(case: Case, packages: Path) -> None:
    package = f"random_project_{next(NUMBERS)}"
    write(with_functions(case), package, packages)
    main = import_module(f"{package}.contract.functions.main")
    assert main.main.steps is main.MainStep
    assert import_module(f"{package}.contract.functions.body").body.invoked is not None


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(cases(), min_size=6, max_size=6))
def test_a_strict_type_checker_finds_nothing(drawn: list[Case], packages: Path) -> None:
    root = packages / f"checked_{next(NUMBERS)}"
    for case in drawn:
        write(with_functions(case), f"random_project_{next(NUMBERS)}", root)
    options = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(packages / "cache")]
    found = subprocess.run([sys.executable, "-m", "mypy", *options, "."], cwd=root, capture_output=True, check=False)
    assert found.returncode == 0, found.stdout.decode()
