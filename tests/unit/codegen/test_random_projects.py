"""Any project becomes modules that import, and classes that read back what they wrote."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from surestep_codegen.plan.index import Layout
from surestep_codegen.plan.project import plan_project
from surestep_codegen.render import render_module
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.datatypes import (
    NO_DEFAULT,
    AliasDef,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TypeDef,
    UnionOf,
)
from surestep_dsl.model import EventDef, Project
from surestep_dsl.names import field_name

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
"""Strategies for payloads are made from drawn types, so their text is long."""

INTEGER, STRING = Scalar(ScalarKind.INTEGER), Scalar(ScalarKind.STRING)
FIELD_NAMES = st.sampled_from(
    re.findall(
        r"\S+",
        "id name type class data date time datetime timedelta list dict json copy str int Field Literal orderId _id 3d "
        "model_config model_fields self cls wire e-mail Größe x",
    )
)
WIRE_VALUES: Mapping[ScalarKind, st.SearchStrategy[JsonValue]] = {
    ScalarKind.STRING: st.text(max_size=5),
    ScalarKind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    ScalarKind.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    ScalarKind.BOOLEAN: st.booleans(),
    ScalarKind.DATETIME: st.datetimes().map(lambda value: f"{value.isoformat(timespec='microseconds')}+01:30"),
    ScalarKind.DATE: st.dates().map(str),
    ScalarKind.TIME: st.times().map(lambda value: value.isoformat(timespec="seconds")),
    ScalarKind.DURATION: st.sampled_from(["0s", "90s", "PT1H", "1w2d", "500ms"]),
    ScalarKind.UUID: st.uuids().map(str),
    ScalarKind.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
    ScalarKind.BYTES: st.sampled_from(["", "aGk=", "+/8="]),
    ScalarKind.URL: st.just("https://example.org/a"),
    ScalarKind.EMAIL: st.just("ada@example.org"),
    ScalarKind.JSON: st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 1) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    ),
    ScalarKind.NULL: st.none(),
}
BOUNDED = st.sampled_from(
    [
        Scalar(ScalarKind.INTEGER, Constraints(min=-(2**63), max=2**63 - 1)),
        Scalar(ScalarKind.STRING, Constraints(min_length=0, pattern="")),
        Scalar(ScalarKind.DATE, Constraints(min="0001-01-01")),
        Scalar(ScalarKind.TIME, Constraints(max="23:59:59.999999")),
        Scalar(ScalarKind.DURATION, Constraints(max="5w")),
        Scalar(ScalarKind.DECIMAL, Constraints(multiple_of="0.01")),
        EnumOf(("card", "no", 'quo"ted')),
        EnumOf((1, -2)),
        EnumOf((0.5, 2.0)),
        UnionOf((INTEGER, STRING)),
        UnionOf((Scalar(ScalarKind.BOOLEAN), ListOf(INTEGER))),
    ]
)
NAMED = st.sampled_from([Named("Colour"), Named("Tags"), ListOf(Named("Node")), Nullable(Named("Node"))])
SCALARS = st.sampled_from([Scalar(kind) for kind in ScalarKind])


def widened(inner: st.SearchStrategy[DataType]) -> st.SearchStrategy[DataType]:
    return (
        inner.map(ListOf)
        | inner.map(MapOf)
        | inner.filter(is_never_null).map(Nullable)
        | fields_of(inner).map(ObjectOf)
    )


def is_never_null(data_type: DataType) -> bool:
    return not isinstance(data_type, Nullable) and data_type not in (
        Scalar(ScalarKind.NULL),
        Scalar(ScalarKind.JSON),
    )


def fields_of(types: st.SearchStrategy[DataType]) -> st.SearchStrategy[tuple[Field, ...]]:
    field = st.builds(Field, FIELD_NAMES, types, optional=st.booleans())
    return st.lists(field, max_size=4, unique_by=lambda found: field_name(found.name)).map(tuple)


LEAVES: st.SearchStrategy[DataType] = st.one_of(SCALARS, BOUNDED, NAMED)
DATA_TYPES = st.recursive(LEAVES, widened, max_leaves=4)


def values_of(data_type: DataType, types: Mapping[str, TypeDef], depth: int = 0) -> st.SearchStrategy[JsonValue]:
    """JSON values that a type accepts."""
    match data_type:
        case Scalar(kind):
            return WIRE_VALUES[kind]
        case Nullable(of):
            return st.none() if depth > 3 else st.none() | values_of(of, types, depth + 1)
        case UnionOf(members):
            return st.one_of([values_of(member, types, depth) for member in members])
        case ListOf(items):
            return st.lists(values_of(items, types, depth + 1), max_size=0 if depth > 3 else 2)
        case MapOf(items):
            return st.dictionaries(st.text(max_size=3), values_of(items, types, depth + 1), max_size=2)
        case EnumOf(values):
            return st.sampled_from(values)
        case ObjectOf(fields):
            return objects_of(fields, types, depth)
        case Named(name):
            match types[name]:
                case ObjectDef(fields=fields):
                    return objects_of(fields, types, depth + 1)
                case EnumDef(values=values):
                    return st.sampled_from(values)
                case AliasDef(of=of):
                    return values_of(of, types, depth)
                case found:
                    raise NotImplementedError(found)


def objects_of(
    fields: tuple[Field, ...], types: Mapping[str, TypeDef], depth: int
) -> st.SearchStrategy[dict[str, JsonValue]]:
    members = {field.name: values_of(field.type, types, depth + 1) for field in fields}
    required = {field.name: members[field.name] for field in fields if not field.optional}
    optional = {field.name: members[field.name] for field in fields if field.optional}
    return st.fixed_dictionaries(required, optional=optional)


@dataclass(frozen=True)
class Case:
    """A project with one event, and a payload that fits it."""

    project: Project
    payload: dict[str, JsonValue]

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.project.events["a/b"].fields


@st.composite
def cases(draw: st.DrawFn) -> Case:
    types: dict[str, TypeDef] = {
        "Colour": EnumDef("Colour", ("red", "dark blue", "class")),
        "Tags": AliasDef("Tags", MapOf(Nullable(STRING))),
        "Node": ObjectDef(
            "Node", (Field("next", Nullable(Named("Node"))), Field("more", Named("Tags"), optional=True))
        ),
    }
    fields = draw(fields_of(DATA_TYPES))
    payload = draw(objects_of(fields, types, 0))
    with_defaults = tuple(draw(st.sampled_from([field, give_default(field, payload)])) for field in fields)
    return Case(Project("shop", types=types, events={"a/b": EventDef("a/b", with_defaults)}), payload)


def give_default(field: Field, payload: Mapping[str, JsonValue]) -> Field:
    default = payload.get(field.name, NO_DEFAULT)
    return Field(field.name, field.type, optional=field.optional or default is not NO_DEFAULT, default=default)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("random")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))


NUMBERS = count()


def event_class(project: Project, root: Path) -> Any:
    """The event's class, imported from a package with a name of its own."""
    package = f"random_project_{next(NUMBERS)}"
    for module in plan_project(project, Layout(f"{package}.contract", f"{package}.handlers")).generated:
        path = root / module.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_module(module), encoding="utf-8")
    import_module(f"{package}.contract.types.node")
    return import_module(f"{package}.contract.events").AB


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_classes_read_back_what_they_wrote(case: Case, packages: Path) -> None:
    event = event_class(case.project, packages)
    first = event.model_validate_json(json.dumps({"name": "a/b", "data": case.payload}))
    written = first.model_dump_json(warnings="error")
    assert event.model_validate_json(written) == first
    data = json.loads(written)["data"]
    assert find_refusal_of_fields(data, case.fields, case.project.types) is None
    assert data.keys() == case.payload.keys() | {field.name for field in case.fields if field.default is not NO_DEFAULT}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_defaults_fill_in_what_the_wire_would_have_said(case: Case, packages: Path) -> None:
    event = event_class(case.project, packages)
    has_default = {field.name for field in case.fields if field.default is not NO_DEFAULT}
    rest = {name: value for name, value in case.payload.items() if name not in has_default}
    assert event.model_validate_json(json.dumps({"name": "a/b", "data": rest})) == event.model_validate_json(
        json.dumps({"name": "a/b", "data": case.payload})
    )
