"""GitHub's webhooks, imported and generated: their published examples are accepted and come back equal.

Some of the examples do not fit the schema that is published with them. They are refused, all but those in
`ACCEPTED_ANYWAY`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings, strategies as st
from jsonschema import Draft7Validator
from tests.conftest import enough

from surestep import Event, Registry
from surestep.testing import strategies
from surestep_codegen.cli_import import import_
from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

ROOT = Path(__file__).parents[2]
NO_OFFSET = "`2018-04-25 20:42:10` stands where the schema says `date-time`, which its validator does not check"
REFUSED_THOUGH_VALID = {("check_run", 7): NO_OFFSET, ("check_run", 8): NO_OFFSET}
ACCEPTED_ANYWAY = {("deployment_status", 1): "two members of a `oneOf` fit, and the import makes it an `anyOf`"}


@dataclass(frozen=True)
class Example:
    """A payload.

    Attributes:
        event: GitHub's name of the event, which stands in a header there.
        number: its place among the examples of the event.
        is_valid: by the schema.
    """

    event: str
    number: int
    payload: dict[str, Any]
    is_valid: bool

    @property
    def place(self) -> tuple[str, int]:
        return self.event, self.number


@pytest.fixture(scope="module")
def examples(github_webhooks: dict[str, Any]) -> list[Example]:
    schema, found = github_webhooks["schema"], []
    for event, payloads in github_webhooks["examples"].items():
        key = next(key for key in (f"{event}_event", f"{event}$event") if key in schema["definitions"])
        validator = Draft7Validator({**schema, "oneOf": [{"$ref": f"#/definitions/{key}"}]})
        found += [Example(event, at, payload, validator.is_valid(payload)) for at, payload in enumerate(payloads)]
    return found


@pytest.fixture(scope="module")
def package(github_webhooks: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory with the generated package `webhooks`."""
    root = tmp_path_factory.mktemp("github")
    (root / "github.schema.json").write_text(json.dumps(github_webhooks["schema"]))
    command = ["jsonschema", str(root / "github.schema.json"), "--out", str(root), "--accept-loss"]
    imported = CliRunner().invoke(import_, command)
    assert imported.exit_code == 0, imported.output
    project = load_project(["."], root).project
    assert project is not None
    for name, text in generate_files(project, Layout("webhooks.contract", "webhooks.handlers")).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))


@pytest.fixture(scope="module")
def registry(package: Path) -> Registry:
    found = import_module("webhooks.contract.registry").REGISTRY
    assert isinstance(found, Registry)
    return found


def read(example: Example, registry: Registry) -> Event | None:
    """The example as an event of its action; None where it is refused."""
    action = example.payload.get("action", "event")
    event_class = registry.event_class(f"{example.event}${action}") or registry.event_class(f"{example.event}$event")
    if event_class is None:
        return None
    try:
        return event_class.model_validate_json(json.dumps({"name": event_name(event_class), "data": example.payload}))
    except ValueError:
        return None


def event_name(event_class: type[Event]) -> str:
    name: str = event_class.model_fields["name"].default
    return name


def canonical(value: Any) -> Any:
    """JSON in which an instant has one spelling, and a number one kind."""
    match value:
        case dict():
            return {key: canonical(member) for key, member in value.items()}
        case list():
            return [canonical(item) for item in value]
        case str() if len(value) > 18 and value[10] == "T":
            try:
                return datetime.fromisoformat(value).isoformat()
            except ValueError:
                return value
        case bool() | None:
            return repr(value)
        case _:
            return value


def test_there_is_an_event_for_each_schema_of_a_payload(registry: Registry) -> None:
    assert len(registry.events) == 224


def test_examples_that_fit_their_schema_come_back_equal(examples: list[Example], registry: Registry) -> None:
    valid = [example for example in examples if example.is_valid and example.place not in REFUSED_THOUGH_VALID]
    assert len(valid) == 275
    different = []
    for example in valid:
        event = read(example, registry)
        # without the defaults of the schema, which are filled in on arrival
        written = None if event is None else json.loads(event.data.model_dump_json(exclude_unset=True))
        if canonical(written) != canonical(example.payload):
            different.append(example.place)
    assert different == []


def test_examples_that_do_not_fit_are_refused(examples: list[Example], registry: Registry) -> None:
    invalid = {example.place for example in examples if not example.is_valid}
    assert len(invalid) == 52
    refused = {example.place for example in examples if read(example, registry) is None}
    assert refused == invalid - ACCEPTED_ANYWAY.keys() | REFUSED_THOUGH_VALID.keys()


def test_every_event_has_a_sample(registry: Registry) -> None:
    for name in registry.events:
        event_class = registry.event_class(name)
        assert event_class is not None
        sample = event_class.sample()
        assert event_class.model_validate_json(sample.model_dump_json()) == sample


@settings(max_examples=enough(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.data())
def test_strategies_cope_with_payloads_of_hundreds_of_fields(values: st.DataObject, registry: Registry) -> None:
    event_class = registry.event_class("issues$opened")
    assert event_class is not None
    event = values.draw(strategies.event(event_class))
    assert event_class.model_validate_json(event.model_dump_json()) == event


def test_the_generated_package_has_no_type_error(package: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    ran = subprocess.run(
        [*command, "--cache-dir", str(package / "cache"), "webhooks"],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )
    count = len(list((package / "webhooks").rglob("*.py")))
    assert ran.stdout == f"Success: no issues found in {count} source files\n"
