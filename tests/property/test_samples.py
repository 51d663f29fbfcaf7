"""Samples and strategies fit the classes they are made for, whatever the spec says."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.conftest import enough

from surestep import Event
from surestep.testing import strategies
from surestep_codegen.plan.index import Layout
from surestep_codegen.plan.model import DataModule, LazyPackage, TextFile
from surestep_codegen.plan.project import plan_project
from surestep_codegen.render import render_module
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.constraints import find_contradiction
from surestep_dsl.datatypes import (
    AliasDef,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.model import EventDef, Project

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
INTEGER, STRING = Scalar(ScalarKind.INTEGER), Scalar(ScalarKind.STRING)
PATTERNS = re.findall(
    r"\S+",
    r"""
    x$ ^\d{3}-[a-z]+$ (?i)^abc$ [[:alpha:]]{2,} ^(a|b|cd){2,3}$ \p{Lu}\p{Ll}* ^\pL[^\W_]$ ^[a-z&&[^aeiou]]$ ^[a-z--m]$
    ^\x{41}.$ ^\S+@\S+$ ^[^a-z]+$ \bword\b ^(?:)$ ^[\]\-a-]{4}$ ^(?P<y>\d{4})-(?P<m>0[1-9]|1[0-2])$ ^.{1,2}?$
    \A[\w.]+\z ^\u0041*\n?$ a{2}|b{3,} ^[^^]$ ^[]]$ ^\D\W\S$ ^\P{L}$ ^\t[[:^digit:]]$ ^(?x:a)$ ^[a-c-e]$
    """,
)
TYPES: Mapping[str, TypeDef] = {
    "Colour": EnumDef("Colour", ("red", "dark blue", "class")),
    "Level": EnumDef("Level", (0.5, 2.0)),
    "Tags": AliasDef("Tags", MapOf(Nullable(STRING))),
    "Node": ObjectDef("Node", (Field("next", Nullable(Named("Node"))), Field("more", Named("Tags"), optional=True))),
    "Tree": ObjectDef("Tree", (Field("children", ListOf(Named("Tree"))), Field("in", Named("Shape"), optional=True))),
    "Circle": ObjectDef("Circle", (Field("type", EnumOf(("circle",))), Field("around", Named("Tree")))),
    "Dot": ObjectDef("Dot", (Field("type", EnumOf(("dot",))),)),
    "Shape": TaggedUnionDef("Shape", "type", ("Circle", "Dot")),
}


def ordered(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Constraints]:
    """Bounds of which none contradicts another."""
    keys = st.sampled_from([("min", "max"), ("min", "exclusive_max"), ("exclusive_min", "max"), ("min",), ("max",)])
    two = st.lists(values, min_size=2, max_size=2).map(sorted)
    return st.builds(lambda keys, two: Constraints(**dict(zip(keys, two, strict=False))), keys, two)


def sized(least: int) -> st.SearchStrategy[Constraints]:
    return st.builds(
        lambda low, more: Constraints(min_length=low, max_length=low + more), st.integers(least, 20), st.integers(0, 9)
    )


def bounded(kind: ScalarKind, values: st.SearchStrategy[Any]) -> st.SearchStrategy[DataType]:
    return ordered(values).map(lambda constraints: Scalar(kind, constraints))


def with_pattern(pattern: str, least: int | None = None, most: int | None = None) -> Scalar:
    return Scalar(ScalarKind.STRING, Constraints(pattern=pattern, min_length=least, max_length=most))


WHOLE = st.integers(-20, 20) | st.sampled_from([-(2**63), 2**63 - 1])
NUMBERS = st.sampled_from([ScalarKind.INTEGER, ScalarKind.NUMBER, ScalarKind.DECIMAL])
STEPS = st.sampled_from([1, 2, 0.5, 7]).map(lambda step: Constraints(multiple_of=step, min=-3))
SCALARS: st.SearchStrategy[DataType] = st.one_of(
    st.sampled_from([Scalar(kind) for kind in ScalarKind]),
    NUMBERS.flatmap(lambda kind: bounded(kind, WHOLE)),
    st.builds(Scalar, NUMBERS, STEPS),
    bounded(ScalarKind.NUMBER, st.floats(-1, 1)),
    bounded(ScalarKind.DECIMAL, st.integers(10, 99).map(lambda value: f"0.0{value}")),
    bounded(ScalarKind.DATE, st.dates().map(str)),
    bounded(ScalarKind.TIME, st.times().map(lambda value: value.isoformat("microseconds"))),
    bounded(ScalarKind.DATETIME, st.datetimes().map(lambda value: f"{value.isoformat('T', 'microseconds')}Z")),
    bounded(ScalarKind.DURATION, st.integers(10, 99).map(lambda value: f"{value}s")),
    st.builds(Scalar, st.sampled_from([ScalarKind.STRING, ScalarKind.BYTES]), sized(0)),
    st.builds(Scalar, st.sampled_from([ScalarKind.URL, ScalarKind.EMAIL]), sized(5)),
    st.sampled_from(PATTERNS).map(with_pattern),
    st.sampled_from([with_pattern(r"^\d+$", 7, 7), with_pattern("b", 30), with_pattern("^a*(bb)?$", 3, 3)]),
    st.sampled_from([EnumOf(("card", "no")), EnumOf((1, -2)), EnumOf((0.5, 2.0)), UnionOf((INTEGER, STRING))]),
    st.sampled_from([Named(name) for name in TYPES]),
)


def is_possible(data_type: DataType) -> bool:
    return not isinstance(data_type, Scalar) or find_contradiction(data_type.kind, data_type.constraints) is None


def widened(inner: st.SearchStrategy[DataType]) -> st.SearchStrategy[DataType]:
    counts = st.sampled_from([Constraints(), Constraints(min_items=3), Constraints(max_items=0)])
    unique = st.sampled_from([Constraints(unique_items=True), Constraints(min_items=4, max_items=5, unique_items=True)])
    return st.one_of(
        st.builds(ListOf, inner, counts),
        st.builds(ListOf, st.sampled_from([INTEGER, STRING, Nullable(INTEGER), Scalar(ScalarKind.DATE)]), unique),
        st.builds(MapOf, inner, counts),
        inner.filter(is_never_null).map(Nullable),
        fields_of(inner).map(ObjectOf),
    )


def is_never_null(data_type: DataType) -> bool:
    return not isinstance(data_type, Nullable) and data_type not in (Scalar(ScalarKind.NULL), Scalar(ScalarKind.JSON))


def fields_of(types: st.SearchStrategy[DataType]) -> st.SearchStrategy[tuple[Field, ...]]:
    names = st.sampled_from(["id", "orderId", "date", "type", "sample", "Field", "f", "data"])
    field = st.builds(Field, names, types, optional=st.booleans())
    return st.lists(field, max_size=4, unique_by=lambda found: found.name).map(tuple)


FIELDS = fields_of(st.recursive(SCALARS.filter(is_possible), widened, max_leaves=3))
NUMBER = count()


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("samples")
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))


def event_class(event: EventDef, root: Path) -> type[Event]:
    """The event's class, imported from a package with a name of its own."""
    package = f"samples_{next(NUMBER)}"
    project = Project("shop", types=TYPES, events={event.name: event})
    for module in plan_project(project, Layout(f"{package}.contract", f"{package}.handlers")).generated:
        if not isinstance(module, DataModule | LazyPackage | TextFile):
            continue
        path = root / module.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_module(module), encoding="utf-8")
    found: type[Event] = import_module(f"{package}.contract.events").AB
    return found


def payload_of(event: Event) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(event.model_dump_json(warnings="error"))["data"]
    return payload


@settings(max_examples=enough(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=FIELDS)
def test_a_sample_is_valid_and_the_same_each_time(fields: tuple[Field, ...], packages: Path) -> None:
    found = event_class(EventDef("a/b", fields), packages)
    sample = found.sample()
    assert found.sample() == sample
    assert find_refusal_of_fields(payload_of(sample), fields, TYPES) is None
    assert payload_of(sample).keys() == {field.name for field in fields if not field.optional}


@settings(max_examples=enough(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(fields=FIELDS, values=st.data())
def test_whatever_a_strategy_makes_is_valid(fields: tuple[Field, ...], values: st.DataObject, packages: Path) -> None:
    found = event_class(EventDef("a/b", fields), packages)
    for _ in range(3):
        event = values.draw(strategies.event(found))
        assert find_refusal_of_fields(payload_of(event), fields, TYPES) is None
        assert found.model_validate_json(event.model_dump_json()) == event
