"""The types a payload, an input or a result can have: a closed family of plain nodes.

`parse` builds them from type expressions and long forms, every later stage (expression checker, generator, exports)
matches over them exhaustively. A node never holds a place in a file: places live in `model.Project.places`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from typing_extensions import override

__all__ = [
    "NO_CONSTRAINTS",
    "NO_DEFAULT",
    "AliasDef",
    "Bound",
    "Constraints",
    "DataType",
    "EnumDef",
    "EnumOf",
    "Field",
    "JsonValue",
    "ListOf",
    "MapOf",
    "Named",
    "NoDefault",
    "Nullable",
    "ObjectDef",
    "ObjectOf",
    "Scalar",
    "ScalarKind",
    "TaggedUnionDef",
    "TypeDef",
    "UnionOf",
    "holds_object",
]

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
Bound: TypeAlias = int | float | str
"""A bound as written: a number, or text for dates, times, durations and decimals."""


class ScalarKind(StrEnum):
    """The scalars of the language; the wire form of each is a JSON value."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    UUID = "uuid"
    DECIMAL = "decimal"
    BYTES = "bytes"
    URL = "url"
    EMAIL = "email"
    JSON = "json"
    NULL = "null"


class NoDefault:
    """The type of `NO_DEFAULT`: a default of null is something else than none."""

    @override
    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = NoDefault()


@dataclass(frozen=True, slots=True)
class Constraints:
    """Bounds on a value. Which of them fits which type is checked by `resolve`; here None means "not stated"."""

    min: Bound | None = None
    max: Bound | None = None
    exclusive_min: Bound | None = None
    exclusive_max: Bound | None = None
    multiple_of: int | float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None


NO_CONSTRAINTS: Final = Constraints()


@dataclass(frozen=True, slots=True)
class Scalar:
    """One of the built-in scalars, perhaps narrowed."""

    kind: ScalarKind
    constraints: Constraints = NO_CONSTRAINTS


@dataclass(frozen=True, slots=True)
class Nullable:
    """`T?` in a type expression: T or null. Never nested, never around null or json."""

    of: "DataType"


@dataclass(frozen=True, slots=True)
class UnionOf:
    """`A | B`: at least two members, flat, in the order written, no member twice."""

    members: tuple["DataType", ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list[T]`."""

    items: "DataType"
    constraints: Constraints = NO_CONSTRAINTS


@dataclass(frozen=True, slots=True)
class MapOf:
    """`map[T]`: an object with free string keys."""

    values: "DataType"
    constraints: Constraints = NO_CONSTRAINTS


@dataclass(frozen=True, slots=True)
class EnumOf:
    """`enum[a, b]`: literals of one kind, in the order written."""

    values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ObjectOf:
    """A nested object without a name of its own (`fields:` in a long form). Fields keep the order written."""

    fields: tuple["Field", ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to an entry of `types`. `resolve` guarantees that it exists.

    Bounds stated where the name is used exist only until `resolve`: it then puts the aliased type in place of the
    reference, with the bounds of both.
    """

    name: str
    constraints: Constraints = NO_CONSTRAINTS


DataType: TypeAlias = Scalar | Nullable | UnionOf | ListOf | MapOf | EnumOf | ObjectOf | Named


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object.

    Attributes:
        name: as on the wire.
        type: what a present value must be.
        optional: written with `?` after the name, or has a default: the field may be absent.
        default: what is filled in at the border when the field is absent.
        python: a Python name chosen with `python:`; None means the rule of `names` decides.
    """

    name: str
    type: DataType
    optional: bool = False
    default: "JsonValue | NoDefault" = NO_DEFAULT
    description: str = ""
    examples: tuple[JsonValue, ...] = ()
    deprecated: bool = False
    sensitive: bool = False
    python: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectDef:
    """A named object (`fields:`)."""

    name: str
    fields: tuple[Field, ...]
    description: str = ""
    deprecated: bool = False
    examples: tuple[JsonValue, ...] = ()
    python: str | None = None


@dataclass(frozen=True, slots=True)
class EnumDef:
    """A named enum; `descriptions` and `python_names` are by value and may miss entries."""

    name: str
    values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    python_names: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    deprecated: bool = False
    python: str | None = None


@dataclass(frozen=True, slots=True)
class AliasDef:
    """Another name for a type, perhaps with narrower bounds."""

    name: str
    of: DataType
    description: str = ""
    deprecated: bool = False
    examples: tuple[JsonValue, ...] = ()
    sensitive: bool = False
    python: str | None = None


@dataclass(frozen=True, slots=True)
class TaggedUnionDef:
    """A union of named objects told apart by the field `on`."""

    name: str
    on: str
    members: tuple[str, ...]
    description: str = ""
    deprecated: bool = False
    python: str | None = None


TypeDef: TypeAlias = ObjectDef | EnumDef | AliasDef | TaggedUnionDef


def holds_object(data_type: DataType) -> bool:
    """Whether an object without a name is in a type."""
    match data_type:
        case ObjectOf():
            return True
        case ListOf(of) | MapOf(of) | Nullable(of):
            return holds_object(of)
        case Scalar() | EnumOf() | UnionOf() | Named():
            return False
