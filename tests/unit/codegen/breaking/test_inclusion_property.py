"""The comparison of types agrees with acceptance: what it calls included, the other type accepts, value by value.

Of many random types each is held against each, on a common stock of values. Types and values are small on purpose, so
that many pairs are comparable and many values tell them apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random

import pytest

from surestep_codegen.breaking.inclusion import Inclusion
from surestep_codegen.breaking.refusals import RefusalKind
from surestep_codegen.breaking.sides import Side, at_path
from surestep_dsl.accept import find_refusal
from surestep_dsl.constraints import find_contradiction
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
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)

TEXTS = ["", "a", "ab", "abc", "b", "c", "a@b.cc", "http://a.bb", "2024-01-15", "1h", "1.5", "YWI=", "12:00:00"]
NUMBERS = [-1, 0, 1, 2, 3, 4, 6, 0.5, 1.5, 3.0, 2**70]
PLAIN = [None, True, *NUMBERS, *TEXTS]
NAMES = ["A", "B", "Tree", "Either", "Money"]
NUMERIC = (ScalarKind.INTEGER, ScalarKind.NUMBER, ScalarKind.DECIMAL)
Types = Mapping[str, TypeDef]


def is_included(one: DataType, one_types: Types, other: DataType, other_types: Types) -> bool:
    return includes(Inclusion(Side(one_types, {}), Side(other_types, {})), one, other)


def includes(inclusion: Inclusion, one: DataType, other: DataType) -> bool:
    found = inclusion.refusals(at_path(one, ("given",)), at_path(other, ("wanted",)), ("root",))
    return all(refusal.kind is RefusalKind.DEFAULT for refusal in found)


def accepted(values: Sequence[JsonValue], data_type: DataType, known: Types) -> frozenset[int]:
    return frozenset(at for at, value in enumerate(values) if find_refusal(value, data_type, known) is None)


class Maker:
    """Random types and values."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def leaf(self) -> DataType:
        makers: list[Callable[[], DataType]] = [self.number, self.text, self.enum, self.name, self.plain]
        return self.random.choice(makers)()

    def number(self) -> DataType:
        low, high, above, below = (
            self.random.randint(-1, 3) if self.random.random() < 0.25 else None for _ in range(4)
        )
        step = self.random.choice([None, None, None, 1, 2, 3, 1.5])
        return Scalar(self.random.choice(NUMERIC), Constraints(low, high, above, below, step))

    def text(self) -> DataType:
        pattern = self.random.choice([None, None, "a", "b", "^a"])
        least, most = (self.random.choice([None, None, 0, 1, 2]) for _ in range(2))
        kinds = [ScalarKind.STRING, ScalarKind.STRING, ScalarKind.URL, ScalarKind.BYTES]
        kind = self.random.choice(kinds)
        fitting = pattern if kind is ScalarKind.STRING else None
        return Scalar(kind, Constraints(min_length=least, max_length=most, pattern=fitting))

    def plain(self) -> DataType:
        return Scalar(self.random.choice(list(ScalarKind)))

    def enum(self) -> DataType:
        size = self.random.randint(1, 3)
        if self.random.random() < 0.5:
            return EnumOf(tuple(self.random.sample(TEXTS, size)))
        return EnumOf(tuple(self.random.sample([0, 1, 2, 3], size)))

    def name(self) -> DataType:
        return Named(self.random.choice(NAMES))

    def type(self, depth: int = 0) -> DataType:
        chosen = self.random.randint(0, 9)
        if depth > 2 or chosen < 4:
            return self.leaf()
        sizes = [self.random.choice([None, None, 0, 1, 2]) for _ in range(2)]
        inner = self.type(depth + 1)
        match chosen:
            case 4:
                unique = self.random.choice([None, None, True])
                return ListOf(inner, Constraints(min_items=sizes[0], max_items=sizes[1], unique_items=unique))
            case 5:
                return MapOf(inner, Constraints(min_items=sizes[0], max_items=sizes[1]))
            case 6:
                return Nullable(inner)
            case 7:
                return UnionOf((inner, self.type(depth + 1)))
            case _:
                return ObjectOf(self.fields(depth + 1))

    def fields(self, depth: int) -> tuple[Field, ...]:
        names = self.random.sample("xy", self.random.randint(0, 2))
        return tuple(Field(name, self.type(depth + 1), optional=self.random.random() < 0.5) for name in names)

    def near(self, data_type: DataType) -> DataType:
        """A type that differs a little, so that many pairs are comparable."""
        match data_type:
            case ObjectOf((first, *rest)):
                changed = replace(first, type=self.near(first.type), optional=self.random.random() < 0.5)
                return ObjectOf((*self.random.sample(rest, self.random.randint(0, len(rest))), changed))
            case ListOf(items, limits):
                return ListOf(self.near(items), limits)
            case MapOf(values, limits):
                return MapOf(self.near(values), limits)
            case Nullable(of):
                return self.random.choice([of, Nullable(self.near(of))])
            case UnionOf((first, second)):
                return UnionOf((second, self.near(first)))
            case Scalar(kind):
                return self.random.choice([data_type, data_type, Scalar(kind), self.leaf()])
            case _:
                return data_type

    def types(self) -> Types:
        """Named types: objects with a tag, a recursive type, a tagged union, an alias."""
        tags = [Field("kind", EnumOf((value,))) for value in (self.random.choice("ab"), "c")]
        trees: list[TypeDef] = [
            ObjectDef("Tree", (*self.fields(2), Field("next", Nullable(Named("Tree")), optional=True))),
            ObjectDef("Tree", (Field("next", ListOf(UnionOf((Named("Tree"), self.leaf())))),)),
            AliasDef("Tree", UnionOf((Scalar(ScalarKind.STRING), ListOf(Named("Tree"))))),
            EnumDef("Tree", ("a", "b")),
        ]
        eithers: list[TypeDef] = [TaggedUnionDef("Either", "kind", ("A", "B")), AliasDef("Either", Named("A"))]
        return {
            "A": ObjectDef("A", (tags[0], *self.fields(2))),
            "B": ObjectDef("B", (tags[1], *self.fields(2))),
            "Tree": self.random.choice(trees),
            "Either": self.random.choice(eithers),
            "Money": AliasDef("Money", self.number()),
        }

    def value(self, depth: int = 0) -> JsonValue:
        chosen = self.random.randint(0, 5) if depth < 3 else 0
        if chosen < 2:
            return self.random.choice(PLAIN)
        size = self.random.randint(0, 2)
        if chosen == 2:
            return [self.value(depth + 1) for _ in range(size)]
        if chosen == 3:
            return {"kind": self.random.choice("abc"), **{name: self.value(depth + 2) for name in "xy"[:size]}}
        return {name: self.value(depth + 1) for name in self.random.sample(["x", "y", "next", "kind"], size)}

    def value_of(self, data_type: DataType, known: Types, depth: int = 0) -> JsonValue:
        """A value that mostly fits; some types have no finite ones."""
        match data_type:
            case _ if depth > 12:
                return None
            case Scalar(kind) if kind in NUMERIC:
                return self.random.choice(NUMBERS)
            case Scalar():
                return self.random.choice(PLAIN)
            case EnumOf(values):
                return self.random.choice(list[JsonValue](values))
            case Nullable(of):
                return None if depth > 5 or self.random.random() < 0.3 else self.value_of(of, known, depth + 1)
            case UnionOf(members):
                return self.value_of(members[0 if depth > 5 else -1], known, depth + 1)
            case ListOf(items):
                size = self.random.randint(0, 2) if depth < 5 else 0
                return [self.value_of(items, known, depth + 1) for _ in range(size)]
            case MapOf(values):
                names = self.random.sample("xyz", self.random.randint(0, 2))
                return {name: self.value_of(values, known, depth + 1) for name in names}
            case ObjectOf(fields):
                present = [one for one in fields if not one.optional or (depth < 5 and self.random.random() < 0.6)]
                return {one.name: self.value_of(one.type, known, depth + 1) for one in present}
            case Named(name):
                return self.value_of(self.meaning(known[name]), known, depth + 1)

    def meaning(self, definition: TypeDef) -> DataType:
        match definition:
            case ObjectDef(fields=fields):
                return ObjectOf(fields)
            case EnumDef(values=values):
                return EnumOf(values)
            case AliasDef(of=of):
                return of
            case TaggedUnionDef(members=members):
                return Named(self.random.choice(members))


@pytest.mark.parametrize("seed", range(5))
def test_what_is_called_included_is_accepted(seed: int) -> None:
    maker = Maker(seed)
    old_types, new_types = maker.types(), maker.types()
    if seed % 2:
        new_types = old_types
    old: list[DataType] = [*(maker.type() for _ in range(140)), *map(Named, NAMES)]
    new = [*map(maker.near, old), *map(Named, NAMES)]
    values: list[JsonValue] = [*PLAIN, [], {}, *(maker.value() for _ in range(150))]
    values += [maker.value_of(one, old_types) for one in old for _ in range(3)]
    values += [maker.value_of(one, new_types) for one in new for _ in range(3)]
    taken = [accepted(values, one, new_types) for one in new]
    inclusion = Inclusion(Side(old_types, {}), Side(new_types, {}))
    called = 0
    for one in old:
        sent = accepted(values, one, old_types)
        for other, ours in zip(new, taken, strict=True):
            if includes(inclusion, one, other):
                called += bool(sent)
                assert sent <= ours, (one, other, [values[at] for at in sent - ours])
    assert called > 400


@pytest.mark.parametrize("seed", range(2))
def test_every_type_is_included_in_itself_and_in_a_union_with_more(seed: int) -> None:
    maker = Maker(seed)
    known = maker.types()
    for _ in range(300):
        one = maker.type()
        assert is_included(one, known, one, known)
        assert is_included(one, known, UnionOf((maker.leaf(), one)), known)
        assert is_included(one, known, Nullable(one), known)


def test_bounds_of_numbers_are_compared_exactly() -> None:
    """All combinations of a few bounds, on all values that could tell them apart: neither too strict nor too lax."""
    values: list[JsonValue] = [*(at / 4 for at in range(-20, 21)), *range(-5, 6)]
    kinds = [ScalarKind.INTEGER, ScalarKind.NUMBER]
    choices = product(kinds, [None, 0, 1], [None, 0, -1], [None, 2], [None, 2], [None, 1.5, 0.5])
    all_types = [
        Scalar(kind, Constraints(low, high, above, below, step)) for kind, low, above, high, below, step in choices
    ]
    found = [one for one in all_types if find_contradiction(one.kind, one.constraints) is None]
    sets = [accepted(values, one, {}) for one in found]
    inclusion = Inclusion(Side({}, {}), Side({}, {}))
    for one, ours in zip(found, sets, strict=True):
        for other, theirs in zip(found, sets, strict=True):
            if includes(inclusion, one, other):
                assert ours <= theirs, (one, other)
            elif one.constraints.multiple_of is None and one.kind is other.kind:
                # a step can make a bound stricter than it says
                assert not ours <= theirs, (one, other)
