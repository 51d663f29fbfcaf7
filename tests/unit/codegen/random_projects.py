"""Random projects: types of every kind, an event made of them, and payloads that fit or nearly fit."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

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
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.flow import EventTrigger, FunctionOptions
from surestep_dsl.model import (
    EventDef,
    FunctionDef,
    InvokeStep,
    Project,
    RunStep,
    SendStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)
from surestep_dsl.names import field_name

__all__ = ["Case", "cases", "spoilt", "with_functions"]

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
    ScalarKind.NUMBER: st.floats(-1e300, exclude_min=True, allow_nan=False, allow_infinity=False),  # as bounded below
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
        Scalar(ScalarKind.NUMBER, Constraints(exclusive_min=-1e300)),
        Scalar(ScalarKind.BYTES, Constraints(max_length=2)),
        EnumOf(("card", "no", 'quo"ted')),
        EnumOf((1, -2)),
        EnumOf((0.5, 2.0)),
        UnionOf((INTEGER, STRING)),
        UnionOf((Scalar(ScalarKind.BOOLEAN), ListOf(INTEGER))),
    ]
)
NAMED = st.sampled_from(
    [Named("Colour"), Named("Tags"), ListOf(Named("Node")), Nullable(Named("Node")), Named("Paid"), Named("Tree")]
)
TYPES: Mapping[str, TypeDef] = {
    "Colour": EnumDef("Colour", ("red", "dark blue", "class")),
    "Tags": AliasDef("Tags", MapOf(Nullable(STRING))),
    "Node": ObjectDef("Node", (Field("next", Nullable(Named("Node"))), Field("more", Named("Tags"), optional=True))),
    "Card": ObjectDef("Card", (Field("kind", EnumOf(("card",))), Field("last4", STRING))),
    "Bank": ObjectDef("Bank", (Field("kind", EnumOf(("bank", "wire"))), Field("iban", STRING, optional=True))),
    "Paid": TaggedUnionDef("Paid", "kind", ("Card", "Bank")),
    "Tree": AliasDef("Tree", UnionOf((INTEGER, ListOf(Named("Tree"))))),
}
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
            return st.just([]) if depth > 3 else st.lists(values_of(items, types, depth + 1), max_size=2)
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
                case TaggedUnionDef(members=names):
                    return st.one_of([values_of(Named(each), types, depth) for each in names])


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
    fields = draw(fields_of(DATA_TYPES))
    payload = draw(objects_of(fields, TYPES, 0))
    with_defaults = tuple(draw(st.sampled_from([field, give_default(field, payload)])) for field in fields)
    return Case(Project("shop", types=TYPES, events={"a/b": EventDef("a/b", with_defaults)}), payload)


def give_default(field: Field, payload: Mapping[str, JsonValue]) -> Field:
    default = payload.get(field.name, NO_DEFAULT)
    return Field(field.name, field.type, optional=field.optional or default is not NO_DEFAULT, default=default)


def with_functions(case: Case) -> Project:
    """The project with two functions that use the event's types: as input, as results, and in steps of every kind."""
    results = [field.type for field in case.fields]
    runs = (
        RunStep(step_id, returns=returns, repeats=bool(number % 2))
        for number, (step_id, returns) in enumerate(
            zip(("str", "class", "data", "key"), [*results, None], strict=False)
        )
    )
    steps: tuple[StepDef, ...] = (
        *runs,
        SleepUntilStep("gather"),
        WaitStep("datetime", "a/b", 1_000),
        SendStep("int", ("a/b",)),
        InvokeStep("self", "main", 1_000),
        InvokeStep("callee", "body", 1_000, repeats=True),
    )
    functions = {
        "body": FunctionDef(FunctionOptions("body"), input=case.fields, returns=next(iter(results), None)),
        "main": FunctionDef(
            FunctionOptions("main", triggers=(EventTrigger("a/b"),)),
            trigger_events=("a/b",),
            returns=ListOf(ObjectOf(case.fields)),
            steps=steps,
        ),
    }
    return replace(case.project, functions=functions)


NEAR: st.SearchStrategy[JsonValue] = st.sampled_from(
    [
        *(None, True, False, 0, 1, 1.0, -1, 1.5, 2**63, -(2**63) - 1, 1e400, "", "x", "1", "1.50", "red", "card", "no"),
        *("2025-01-31", "2025-01-31T12:00:00Z", "2025-01-31T12:00:00", "12:30:00", "24:00:00", "1h30m", "30m1h", "a@b"),
        *("aGk=", "aGk", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "https://example.org", "//x", [], [1], [[]], {}),
        *({"kind": "card"}, {"kind": "bank"}, {"next": None}, {"x": 1}, "1e2", "NaN", 0.5, 2),
    ]
)


@st.composite
def spoilt(draw: st.DrawFn, payload: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A payload with one place changed: another value, a member less, or a member more."""
    copy: dict[str, JsonValue] = json.loads(json.dumps(payload))
    owner = draw(st.sampled_from(list(_containers(copy))))
    match owner:
        case dict():
            key = draw(st.sampled_from([*owner, "unknown"]))
            if key in owner and draw(st.booleans()):
                del owner[key]
            else:
                owner[key] = draw(NEAR)
        case list():
            owner.insert(draw(st.integers(0, len(owner))), draw(NEAR | st.sampled_from(owner or [None])))
    return copy


def _containers(value: JsonValue) -> Iterator[dict[str, JsonValue] | list[JsonValue]]:
    match value:
        case dict():
            yield value
            for member in value.values():
                yield from _containers(member)
        case list():
            yield value
            for item in value:
                yield from _containers(item)
        case _:
            pass
