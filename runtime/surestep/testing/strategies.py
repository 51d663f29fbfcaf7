"""Hypothesis strategies for generated classes: what they make is accepted, and all that is accepted can come.

Values are drawn as JSON and then read by the class, so they are what would arrive over the wire: a field is absent, or
null where that may be, or has a value; an external payload has fields nobody declared.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from surestep.authoring.event_ids import fill_id_template
from surestep.authoring.events import Data, Event
from surestep.authoring.samples_types import ReadTypes
from surestep.testing.strategies_scalars import Strategy, json_values, scalars, st
from surestep_dsl.datatypes import (
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
    TaggedUnionDef,
    UnionOf,
)
from surestep_dsl.json_text import canonical_json

__all__ = ["data", "event"]

DataT = TypeVar("DataT", bound=Data)
EventT = TypeVar("EventT", bound=Event)

_LEFT_OUT: Final[JsonValue] = "left out"
"""Known by identity."""


def data(data_class: type[DataT]) -> st.SearchStrategy[DataT]:
    """Objects of a payload class, or of any other class of an object."""
    known = ReadTypes()
    return (
        _Values(known)
        .of(known.read_class(data_class))
        .map(lambda value: data_class.model_validate_json(json.dumps(value)))
    )


def event(event_class: type[EventT]) -> st.SearchStrategy[EventT]:
    """Events of a class, with any `id`, `ts` and payload."""
    known = ReadTypes()
    named = known.read_class(event_class)
    values = cast("st.SearchStrategy[dict[str, JsonValue]]", _Values(known).of(named))
    return values.filter(lambda value: _has_id(event_class, value)).map(
        lambda value: event_class.model_validate_json(json.dumps(value))
    )


def _has_id(event_class: type[Event], value: Mapping[str, JsonValue]) -> bool:
    """Whether the template makes an id of the payload, which fails for one that is too long."""
    if event_class.id_template is None or value.get("id"):
        return True
    annotation = event_class.model_fields["data"].annotation
    payload = cast("type[Data]", annotation).model_validate_json(json.dumps(value["data"]))
    try:
        fill_id_template(event_class.id_template, payload)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Values:
    """Strategies of types; those of named types are made once, since they may refer to each other in a circle.

    What leads into a circle is drawn seldom, so that values end: with even chances a tree would grow without end.
    """

    known: ReadTypes = field(repr=False)
    made: dict[str, Strategy] = field(default_factory=dict, repr=False)

    def of(self, data_type: DataType) -> Strategy:
        """JSON values of a type."""
        match data_type:
            case Scalar(kind, constraints):
                return scalars(kind, constraints)
            case Nullable(of):
                return self._seldom(st.none(), [of]) if self._is_circular(of) else st.none() | self.of(of)
            case UnionOf(members):
                return self._union(members)
            case ListOf(items, constraints):
                return self._lists(items, constraints)
            case MapOf(values, constraints):
                return self._maps(values, constraints)
            case EnumOf(values):
                return st.sampled_from(list[JsonValue](values))
            case ObjectOf(fields):
                return self._objects(fields, is_open=False)
            case Named(name):
                return _drawn_later(self, name)

    def named(self, name: str) -> Strategy:
        """JSON values of a named type."""
        if name not in self.made:
            self.made[name] = self._defined(name)
        return self.made[name]

    def _defined(self, name: str) -> Strategy:
        match self.known.types[name]:
            case ObjectDef(fields=fields):
                return self._objects(fields, is_open=name in self.known.open)
            case AliasDef(of=of):
                return self.of(of)
            case EnumDef(values=values):
                return st.sampled_from(list[JsonValue](values))
            case TaggedUnionDef(members=members):
                return self._union(tuple(map(Named, members)))

    def _union(self, members: tuple[DataType, ...]) -> Strategy:
        circular = [member for member in members if self._is_circular(member)]
        plain = [self.of(member) for member in members if member not in circular]
        if circular and plain:
            return self._seldom(st.one_of(plain), circular)
        return st.one_of([self.of(member) for member in members])

    def _seldom(self, plain: Strategy, circular: list[DataType]) -> Strategy:
        others = st.one_of([self.of(member) for member in circular])
        return st.integers(0, 3).flatmap(lambda drawn: others if drawn == 3 else plain)

    def _lists(self, items: DataType, constraints: Constraints) -> Strategy:
        item, unique_by = self.of(items), canonical_json if constraints.unique_items else None

        def lists(least: int, most: int | None) -> Strategy:
            return st.lists(item, min_size=least, max_size=most, unique_by=unique_by)

        return self._sized(lists, constraints, is_circular=self._is_circular(items))

    def _maps(self, values: DataType, constraints: Constraints) -> Strategy:
        value = self.of(values)

        def maps(least: int, most: int | None) -> Strategy:
            return st.dictionaries(st.text(), value, min_size=least, max_size=most)

        return self._sized(maps, constraints, is_circular=self._is_circular(values))

    def _sized(
        self, make: Callable[[int, int | None], Strategy], constraints: Constraints, *, is_circular: bool
    ) -> Strategy:
        least, most = constraints.min_items or 0, constraints.max_items
        if not is_circular:
            return make(least, most)
        more = least + 1 if most is None else min(least + 1, most)
        sizes = (make(least, least), make(least, more), make(least, most))
        return st.integers(0, 9).flatmap(lambda drawn: sizes[(drawn > 5) + (drawn > 8)])

    def _objects(self, fields: tuple[Field, ...], *, is_open: bool) -> Strategy:
        required = {found.name: self.of(found.type) for found in fields if not found.optional}
        optional = {found.name: self.of(found.type) for found in fields if found.optional}
        for found in fields:
            if found.optional and self._is_circular(found.type):
                required[found.name] = self._seldom(st.just(_LEFT_OUT), [found.type])
                del optional[found.name]
        declared = st.fixed_dictionaries(required, optional=optional).map(_without_left_out)
        if not is_open:
            return declared
        names = {name for found in fields for name in (found.name, found.python)}
        others = st.dictionaries(st.text().filter(lambda name: name not in names), json_values(), max_size=3)
        return st.tuples(others, declared).map(lambda both: {**both[0], **both[1]})

    def _is_circular(self, data_type: DataType) -> bool:
        """Whether a type leads to one that leads back to itself."""
        return any(name in self._following({name}) for name in self._following(_names(data_type)) | _names(data_type))

    def _following(self, names: set[str]) -> set[str]:
        """The types that these lead to, over any number of steps."""
        pending, reached = list(names), set[str]()
        while pending:
            following = self._names_in(pending.pop()) - reached
            reached |= following
            pending += following
        return reached

    def _names_in(self, name: str) -> set[str]:
        match self.known.types[name]:
            case ObjectDef(fields=fields):
                return {inner for found in fields for inner in _names(found.type)}
            case AliasDef(of=of):
                return _names(of)
            case TaggedUnionDef(members=members):
                return set(members)
            case EnumDef():
                return set()


@st.composite
def _drawn_later(draw: st.DrawFn, values: _Values, name: str) -> JsonValue:
    """Ends circles, and keeps what hypothesis prints of a strategy short."""
    return draw(values.named(name))


def _names(data_type: DataType) -> set[str]:
    """The named types that a type is made of directly."""
    match data_type:
        case Named(name):
            return {name}
        case Nullable(of) | ListOf(of) | MapOf(of):
            return _names(of)
        case UnionOf(members):
            return {name for member in members for name in _names(member)}
        case ObjectOf(fields):
            return {name for found in fields for name in _names(found.type)}
        case Scalar() | EnumOf():
            return set()


def _without_left_out(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: found for name, found in value.items() if found is not _LEFT_OUT}
