"""The schema of specs for editors: it knows the parser's keys, lets every spec pass and refuses common mistakes."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from surestep_dsl.datatypes import JsonValue, Scalar, ScalarKind
from surestep_dsl.duration import parse_duration
from surestep_dsl.load import load_files
from surestep_dsl.nodes import SourceText
from surestep_dsl.parse import (
    constraints,
    document,
    events,
    functions,
    jobs,
    long_form,
    named_types,
    steps,
    triggers,
    types,
)
from surestep_dsl.scalars import json_of
from surestep_dsl.source import parse_source

ROOT = Path(__file__).parents[4]
SCHEMA: dict[str, Any] = json.loads((files("surestep_dsl") / "spec.schema.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA)
HEAD = "spec: 1\napp: shop\n"


def read(text: str) -> JsonValue:
    """As an editor reads YAML."""
    root = parse_source(SourceText("shop.yaml", text)).root
    assert root is not None
    return json_of(root, Scalar(ScalarKind.JSON), {})


def keys_of(name: str) -> set[str]:
    """The keys of the mapping form of a definition."""
    return {key for part in forms_of(SCHEMA["definitions"][name]) for key in part["properties"]}


def forms_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "properties" in schema:
        yield schema
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from forms_of(part)


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("found", "known"),
    [
        (set(SCHEMA["properties"]), set(document._KEYS)),
        (keys_of("event"), set(events._KEYS)),
        (keys_of("function"), set(functions.FUNCTION_KEYS)),
        (keys_of("job"), set(jobs._KEYS) - set(long_form.REFUSED_KEYS)),
        (keys_of("namedType"), set(named_types._KEYS)),
        (keys_of("field"), set(types._LONG_KEYS)),
        (keys_of("type"), set(types._LONG_KEYS) - set(types._FIELD_KEYS)),
        (
            keys_of("step"),
            {*steps._KINDS, *steps._ANY_KIND, *(key for allowed, _ in steps._KINDS.values() for key in allowed)},
        ),
    ],
)
def test_its_keys_are_those_of_the_parser(found: set[str], known: set[str]) -> None:
    assert found == known


def test_keys_of_triggers_are_those_of_the_parser() -> None:
    trigger = next(forms["properties"]["triggers"] for forms in forms_of(SCHEMA["definitions"]["function"]))
    keys = {key for form in forms_of(trigger) for key in form["properties"]}
    assert keys == {*triggers._EVENT_KEYS, *triggers._CRON_KEYS}
    assert set(constraints.CONSTRAINT_KEYS) <= keys_of("field")


def right_specs() -> list[Path]:
    """Specs without a fault of their own; what they miss may stand in another file of their project."""
    found = []
    for path in sorted([*(ROOT / "specs").glob("*.yaml"), *(ROOT / "tests").rglob("*.yaml")]):
        codes = {diagnostic.code for diagnostic in load_files({path.name: path.read_text()}).errors}
        if not codes - {"S102", "T102", "V102"}:
            found.append(path)
    return found


@pytest.mark.parametrize("path", right_specs(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_right_spec_passes(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(path.read_text()))] == []


@pytest.mark.parametrize(
    "text",
    [
        "event: {}",
        "events: {a/b: {datta: {}}}",
        "events: {a/b: {data: {x: strng}}}",
        "events: {a/b: {data: {x: int}}}",
        "events: {a/b: {data: {x: 'list[string'}, external: yes}}",
        "events: {a/b: {data: {x: {type: string, minimum: 1}}}}",
        "events: {a/b: {data: {x: {min: 1}}}}",
        "events: {a/b: {data: {x: {type: string, fields: {}}}}}",
        "events: {a/b: {previous: [{version: '1'}]}}",
        "events: {inngest/x: {}}",
        "types: {order: {fields: {}}}",
        "types: {Order: {}}",
        "types: {Pay: {union: {on: kind}}}",
        "functions: {processOrder: {}}",
        "functions: {f: {triggers: [order/created]}}",
        "functions: {f: {triggers: {evnt: a/b}}}",
        "functions: {f: {triggers: {event: a/b, cron: '* * * * *'}}}",
        "functions: {f: {retries: 21}}",
        "functions: {f: {concurrency: 0}}",
        "functions: {f: {timeouts: {finish: 30}}}",
        "functions: {f: {timeouts: {finish: 30 minutes}}}",
        "functions: {f: {throttle: {limit: 5}}}",
        "functions: {f: {singleton: {mode: stop}}}",
        "functions: {f: {cancel_on: {event: a/b, match: data.x, if: 'true'}}}",
        "functions: {f: {steps: {s: {sleep: 1}}}}",
        "functions: {f: {steps: {s: {invoke: g}}}}",
        "functions: {f: {steps: {s: {run: User, sleep: 1h}}}}",
    ],
)
def test_common_mistakes_are_refused(text: str) -> None:
    assert not VALIDATOR.is_valid(read(f"{HEAD}{text}"))


def test_a_file_needs_the_version_of_the_language() -> None:
    assert not VALIDATOR.is_valid(read("app: shop"))


@pytest.mark.parametrize(
    "text",
    [
        "1h30m",
        "500ms",
        "0s",
        "1w2d3h4m5s6ms",
        "PT1H",
        "P1DT2S",
        "P2W",
        "30m1h",
        "1.5h",
        "PT",
        "P",
        "1h 1m",
        "-1s",
        "P1Y",
    ],
)
def test_durations_are_those_of_the_language(text: str) -> None:
    pattern = {**SCHEMA, "allOf": [{"$ref": "#/definitions/duration"}], "type": "string", "required": []}
    assert Draft7Validator(pattern).is_valid(text) == (parse_duration(text) is not None)
