"""Sample values of a type as JSON: plain ones first, all of them different.

An example in the spec goes before anything made up. Fields that may be left out are left out unless all are wanted,
lists and maps have one item (or as many as they must), and a type that contains itself ends as soon as it can.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from surestep_dsl.accept import find_refusal
from surestep_dsl.constraints import stated
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
    NoDefault,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)
from surestep_dsl.json_text import canonical_json
from surestep_dsl.limits import MAX_SAMPLE_OBJECTS
from surestep_dsl.samples.scalars import scalar_candidates

__all__ = ["NoSampleError", "SampleValues"]

_MAX_CANDIDATES: Final = 2_000
"""Values of a scalar that are tried before giving up: bounds and patterns can be hard to meet by trial."""


class NoSampleError(Exception):
    """No value was found; the argument says of what."""


@dataclass(slots=True)
class SampleValues:
    """Makes values of types.

    Attributes:
        complete: fields that may be left out are there too, where a value of theirs is found.
        most_objects: values of named types that are made before giving up.
        inside: names of the types that are being made, to end circles.
        made: the first value of each named type, which is as good in any other place.
        entered: how many values of named types were made.
    """

    types: Mapping[str, TypeDef]
    complete: bool = False
    most_objects: int = MAX_SAMPLE_OBJECTS
    inside: tuple[str, ...] = ()
    made: dict[str, JsonValue] = field(default_factory=dict)
    entered: int = 0

    def first(self, data_type: DataType, name: str) -> JsonValue:
        """The first value; `name` is the field's, which texts are made of.

        Raises:
            NoSampleError: none was found.
        """
        return next(self.of(data_type, name))

    def of_field(self, found: Field) -> JsonValue:
        """The first value of a field: its own example, its default, or as its type has it."""
        if found.examples:
            return found.examples[0]
        return self.first(found.type, found.name) if isinstance(found.default, NoDefault) else found.default

    def of(self, data_type: DataType, name: str) -> Iterator[JsonValue]:
        """Values, at least one, until no more can be made up."""
        match data_type:
            case Scalar(kind, constraints):
                yield from self._scalar(data_type, scalar_candidates(kind, constraints, name))
            case Nullable(of):
                yield from _any([lambda: self.of(of, name), lambda: iter((None,))])
            case UnionOf(members):
                yield from _any([_later(self.of, member, name) for member in members])
            case ListOf(items, constraints):
                yield from self._lists(items, constraints, name)
            case MapOf(values, constraints):
                yield from self._maps(values, constraints, name)
            case EnumOf(values):
                yield from values
            case ObjectOf(fields):
                yield from self._objects(fields)
            case Named(known):
                yield from self._named(known, name)

    def _scalar(self, scalar: Scalar, candidates: Iterator[JsonValue]) -> Iterator[JsonValue]:
        seen = set[str]()
        for value in islice(candidates, _MAX_CANDIDATES):
            text = canonical_json(value)
            if text not in seen and find_refusal(value, scalar, {}) is None:
                seen.add(text)
                yield value
        if not seen:
            bounds = ", ".join(f"{name} {value}" for name, value in stated(scalar.constraints).items())
            raise NoSampleError(f"{scalar.kind} with {bounds}")

    def _named(self, known: str, name: str) -> Iterator[JsonValue]:
        if known in self.inside:
            if known not in self.made:
                raise NoSampleError(f"{known}, which contains itself")
            yield self.made[known]
            return
        self.entered += 1
        if self.entered > self.most_objects:
            raise NoSampleError(f"an object of more than {self.most_objects:,} others")
        self.inside = (*self.inside, known)
        try:
            values = self._defined(known, name)
            self.made[known] = first = next(values)
        finally:
            self.inside = self.inside[:-1]
        yield first
        yield from values

    def _defined(self, known: str, name: str) -> Iterator[JsonValue]:
        definition = self.types[known]
        if isinstance(definition, ObjectDef | AliasDef):
            yield from definition.examples
        match definition:
            case ObjectDef(fields=fields):
                yield from self._objects(fields)
            case AliasDef(of=of):
                yield from self.of(of, name)
            case EnumDef(values=values):
                yield from values
            case TaggedUnionDef(members=members):
                yield from _any([_later(self.of, Named(member), name) for member in members])

    def _objects(self, fields: tuple[Field, ...]) -> Iterator[JsonValue]:
        plain = dict(self.of_fields(fields))
        yield dict(plain)
        for found in (found for found in fields if found.name in plain):
            for value in self.of(found.type, found.name):
                if value != plain[found.name]:
                    yield {**plain, found.name: value}

    def of_fields(self, fields: tuple[Field, ...]) -> Iterator[tuple[str, JsonValue]]:
        """The fields of the first object, by their names on the wire.

        Raises:
            NoSampleError: no value of a field that must be there was found.
        """
        for found in fields:
            if found.optional and not self.complete:
                continue
            try:
                yield found.name, self.of_field(found)
            except NoSampleError:
                if not found.optional:
                    raise

    def _lists(self, items: DataType, constraints: Constraints, name: str) -> Iterator[JsonValue]:
        least = constraints.min_items or 0
        size = max(least, 0 if constraints.max_items == 0 else 1)
        try:
            values = list(islice(self.of(items, name), size))
        except NoSampleError:
            if least:
                raise
            values, size = [], 0
        if constraints.unique_items and len(values) < least:
            raise NoSampleError(f"{least} different items")
        while len(values) < least:
            values.append(values[0])
        yield [*values]
        for value in islice(self.of(items, name), len(values), None) if size else ():
            yield [*values[:-1], value]

    def _maps(self, values: DataType, constraints: Constraints, name: str) -> Iterator[JsonValue]:
        least = constraints.min_items or 0
        size = max(least, 0 if constraints.max_items == 0 else 1)
        keys = [name if at == 0 else f"{name}{at + 1}" for at in range(size)]
        try:
            yield dict.fromkeys(keys, self.first(values, name)) if size else {}
        except NoSampleError:
            if least:
                raise
            yield {}
            return
        for value in islice(self.of(values, name), 1, None) if size else ():
            yield {key: value if key == keys[-1] else self.first(values, name) for key in keys}


def _any(sources: list[Callable[[], Iterator[JsonValue]]]) -> Iterator[JsonValue]:
    """The values of all sources but those that have none."""
    failures = []
    for source in sources:
        try:
            yield from source()
        except NoSampleError as error:
            failures.append(error)
    if len(failures) == len(sources):
        raise failures[0]


def _later(
    make: Callable[[DataType, str], Iterator[JsonValue]], data_type: DataType, name: str
) -> Callable[[], Iterator[JsonValue]]:
    return lambda: make(data_type, name)
