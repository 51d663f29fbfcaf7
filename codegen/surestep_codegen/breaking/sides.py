"""One of the two contracts that are compared: its types, taken apart into what a value can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
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
from surestep_dsl.diagnostics import Span
from surestep_dsl.model import Path

__all__ = ["Alternative", "At", "Side", "at_path"]

_Plain: TypeAlias = Scalar | ListOf | MapOf | EnumOf | ObjectOf


class At(NamedTuple):
    """A type and where it stands.

    Attributes:
        path: what a finding about it points at.
        inner: below which path the keys of its long form stand.
        fields: where the fields of an object stand that is not in long form, such as a payload.
    """

    type: DataType
    path: Path
    inner: Path
    fields: Path | None = None


def at_path(data_type: DataType, path: Path) -> At:
    """A type that stands where it is used."""
    return At(data_type, path, path)


class Alternative(NamedTuple):
    """One thing that a value of a type can be: no union, no name, not nullable.

    Attributes:
        path: what a finding about it points at.
        inner: where its fields, its items or its entries stand.
        name: of the object type, where it has one.
    """

    type: _Plain
    path: Path
    inner: Path
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The types of one contract, and where everything stands in its specs."""

    types: Mapping[str, TypeDef]
    places: Mapping[Path, Span]

    def alternatives(self, at: At) -> list[Alternative]:
        """Everything that a value of the type can be."""
        match at.type:
            case Nullable(of):
                null = Alternative(Scalar(ScalarKind.NULL), at.path, at.path)
                return [*self.alternatives(at._replace(type=of)), null]
            case UnionOf(members):
                return [found for member in members for found in self.alternatives(at._replace(type=member))]
            case Named(name):
                return self.named(name, at.path)
            case ObjectOf():
                return [Alternative(at.type, at.path, at.fields or (*at.inner, "fields"))]
            case ListOf():
                return [Alternative(at.type, at.path, self._below(at.inner, "items"))]
            case MapOf():
                return [Alternative(at.type, at.path, self._below(at.inner, "values"))]
            case Scalar() | EnumOf():
                return [Alternative(at.type, at.path, at.inner)]

    def named(self, name: str, path: Path) -> list[Alternative]:
        """Everything that a value of a named type can be; `path` is what findings point at."""
        match self.types[name]:
            case ObjectDef(fields=fields):
                return [Alternative(ObjectOf(fields), path, ("types", name, "fields"), name)]
            case EnumDef(values=values):
                return [Alternative(EnumOf(values), path, ("types", name))]
            case AliasDef(of=of):
                return self.alternatives(At(of, path, ("types", name)))
            case TaggedUnionDef(members=members):
                return [found for member in members for found in self.named(member, path)]

    def _below(self, inner: Path, key: str) -> Path:
        """Where the type inside a list or a map stands; in a type expression it is where that stands."""
        return (*inner, key) if (*inner, key) in self.places else inner
