"""What the checker knows about a value before it exists: a set of possible shapes, and whether it may be absent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from typing_extensions import override

from surestep_dsl.datatypes import (
    NO_DEFAULT,
    AliasDef,
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
from surestep_dsl.expr.values import Kind

__all__ = [
    "ANY",
    "Basic",
    "Choice",
    "ListShape",
    "MapShape",
    "ObjectShape",
    "Reference",
    "Shape",
    "Type",
    "basic",
    "expand",
    "join_types",
    "static_type",
]


@dataclass(frozen=True, slots=True)
class Basic:
    """Any value of one kind."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some texts or numbers."""

    values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list."""

    items: "Type"


@dataclass(frozen=True, slots=True)
class MapShape:
    """A map with free text keys."""

    values: "Type"


@dataclass(frozen=True, eq=False)
class ObjectShape:
    """An object with known fields. Compared by identity: the defaults of fields may have no hash."""

    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> Mapping[str, "tuple[Field, Type]"]:
        """Each field with its type, absent where expressions can meet an object without the field.

        Made once, because many expressions ask the same object. Defaults are filled in before expressions.
        """
        typed = ((field, static_type(field.type)) for field in self.fields)
        return {
            field.name: (field, Type(of.shapes, field.optional and field.default is NO_DEFAULT)) for field, of in typed
        }


@dataclass(frozen=True, slots=True)
class Reference:
    """A named type that was not looked up yet, because types may be recursive."""

    name: str


Shape: TypeAlias = Basic | Choice | ListShape | MapShape | ObjectShape | Reference


@dataclass(frozen=True, slots=True)
class Type:
    """A value has one of `shapes`; `absent` says that there may be none at all."""

    shapes: tuple[Shape, ...]
    absent: bool = False

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of an expanded type."""
        return frozenset(_kind(shape) for shape in self.shapes)

    def without_null(self) -> "Type":
        """The type of a value that is present and not null."""
        if not self.absent and _NULL not in self.shapes:
            return self
        return Type(tuple(shape for shape in self.shapes if shape != _NULL))

    @override
    def __str__(self) -> str:
        names = sorted({_NAMES.get(kind, kind.value) for kind in self.kinds})
        return " or ".join(names) or "null"


_NULL: Final = Basic(Kind.NULL)
ANY: Final = Type((Basic(Kind.DYN),))
"""About this nothing is known and nothing is said: `json`, and what follows from another problem."""

_NAMES: Final = {Kind.DOUBLE: "number", Kind.MAP: "object", Kind.BOOL: "boolean", Kind.DYN: "json"}
_NOT_TEXT: Final = {
    ScalarKind.INTEGER: Kind.DOUBLE,
    ScalarKind.NUMBER: Kind.DOUBLE,
    ScalarKind.BOOLEAN: Kind.BOOL,
    ScalarKind.JSON: Kind.DYN,
    ScalarKind.NULL: Kind.NULL,
}


def basic(*kinds: Kind) -> Type:
    """A type of nothing but kinds."""
    return Type(tuple(map(Basic, kinds)))


_SCALARS: Final = {kind: basic(_NOT_TEXT.get(kind, Kind.STRING)) for kind in ScalarKind}


def join_types(types: Iterable[Type]) -> Type:
    """A value of any of some types."""
    listed = tuple(types)
    if len(listed) == 1:
        return listed[0]
    shapes = dict.fromkeys(shape for of in listed for shape in of.shapes)
    return Type(tuple(shapes), any(of.absent for of in listed))


def static_type(data_type: DataType) -> Type:
    """What a wire value of a data type is to an expression: all but booleans, numbers and containers are texts."""
    match data_type:
        case Scalar(kind=kind):
            return _SCALARS[kind]
        case Nullable(of=of):
            return join_types((static_type(of), basic(Kind.NULL)))
        case UnionOf(members=members):
            return join_types(map(static_type, members))
        case ListOf(items=items):
            return Type((ListShape(static_type(items)),))
        case MapOf(values=values):
            return Type((MapShape(static_type(values)),))
        case EnumOf(values=literals):
            return Type((Choice(literals),))
        case ObjectOf(fields=fields):
            return Type((ObjectShape(fields),))
        case Named(name=name):
            return Type((Reference(name),))


def expand(of: Type, types: Mapping[str, TypeDef], seen: frozenset[str] = frozenset()) -> Type:
    """`of` with its references looked up, one level deep; an unknown or circular one is `ANY`."""
    for shape in of.shapes:  # several times as fast as any(), and asked at every node
        if isinstance(shape, Reference):
            break
    else:
        return of
    return Type(join_types(_expand_shape(shape, types, seen) for shape in of.shapes).shapes, of.absent)


def _expand_shape(shape: Shape, types: Mapping[str, TypeDef], seen: frozenset[str]) -> Type:
    if not isinstance(shape, Reference):
        return Type((shape,))
    if shape.name in seen or shape.name not in types:
        return ANY
    inner = seen | {shape.name}
    match types[shape.name]:
        case ObjectDef(fields=fields):
            return Type((ObjectShape(fields),))
        case EnumDef(values=values):
            return Type((Choice(values),))
        case AliasDef(of=of):
            return expand(static_type(of), types, inner)
        case TaggedUnionDef(members=members):
            return expand(Type(tuple(map(Reference, members))), types, inner)


def _kind(shape: Shape) -> Kind:
    match shape:
        case Basic(kind=kind):
            return kind
        case Choice(values=values):
            return Kind.STRING if values and isinstance(values[0], str) else Kind.DOUBLE
        case ListShape():
            return Kind.LIST
        case MapShape() | ObjectShape():
            return Kind.MAP
        case Reference():
            return Kind.DYN
