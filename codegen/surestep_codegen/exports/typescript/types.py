"""Every type of the language in TypeScript: what its JSON values are, and in comments what no compiler checks.

Objects are type aliases and never interfaces: only those fit where an SDK wants `Record<string, unknown>`. No global
type is referred to by name, so a type of the specs may be called `Array` or `Record`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from surestep_codegen.exports.scalars import KEYWORDS
from surestep_codegen.exports.typescript.comments import Tag, render_comment, spell_json
from surestep_codegen.remarks import Remarks
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
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)

__all__ = ["JSON_TYPE", "TypeWriter", "about"]

JSON_TYPE: Final = "JsonValue"
"""What our name for any JSON value is; a type of the specs with this name gets another one."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SCALARS: Final = {
    ScalarKind.INTEGER: "number",
    ScalarKind.NUMBER: "number",
    ScalarKind.BOOLEAN: "boolean",
    ScalarKind.NULL: "null",
    ScalarKind.JSON: JSON_TYPE,
    ScalarKind.DECIMAL: "string | number",
}
"""All others are texts on the wire."""

_FORMATS: Final = {
    ScalarKind.INTEGER: Tag("asType", "integer"),
    ScalarKind.DATETIME: Tag("format", "date-time"),
    ScalarKind.DATE: Tag("format", "date"),
    ScalarKind.TIME: Tag("format", "time"),
    ScalarKind.DURATION: Tag("format", "duration, as 1h30m or PT1H30M"),
    ScalarKind.UUID: Tag("format", "uuid"),
    ScalarKind.DECIMAL: Tag("format", "decimal"),
    ScalarKind.BYTES: Tag("format", "base64"),
    ScalarKind.URL: Tag("format", "uri"),
    ScalarKind.EMAIL: Tag("format", "email"),
}
_TAGS: Final = {
    **KEYWORDS,
    "pattern": "pattern",
    "min_items": "minItems",
    "max_items": "maxItems",
    "unique_items": "uniqueItems",
}
_INTEGERS: Final = "JavaScript's numbers hold whole numbers exactly up to 2 ** 53 only, the wire up to 64 bits"
_WHY: Final = "TypeScript has no word for it: kept as a comment, the compiler does not check it"


@dataclass(frozen=True, slots=True)
class TypeWriter:
    """Spells types for one module.

    Attributes:
        names: what named types are called there.
        is_open: objects without a name accept unknown fields, as those of an external event do.
    """

    names: Mapping[str, str]
    remarks: Remarks = field(default_factory=Remarks)
    is_open: bool = False

    def define(self, definition: TypeDef) -> str:
        """The declaration of a named type."""
        name = self.names[definition.name]
        tags, text = self._body(definition, f"#/{name}")
        comment = render_comment(definition.description, [*about(deprecated=definition.deprecated), *tags], "")
        between = "" if text.startswith("\n") else " "
        return f"{comment}export type {name} ={between}{text};\n"

    def _body(self, definition: TypeDef, pointer: str) -> tuple[Iterable[Tag], str]:
        match definition:
            case ObjectDef(fields=fields, examples=examples):
                return about(examples), self.fields(fields, pointer)
            case AliasDef(of=of, examples=examples, sensitive=sensitive):
                tags = [*about(examples, sensitive=sensitive), *self.facts(of, pointer)]
                return tags, self.spell(of, pointer)
            case TaggedUnionDef(members=members):
                return (), " | ".join(self.names[member] for member in members)
            case EnumDef(values=values, descriptions=descriptions):
                return (), _enum(values, descriptions)

    def fields(self, fields: tuple[Field, ...], pointer: str, margin: str = "") -> str:
        """An object with these fields."""
        inner = f"{margin}  "
        lines = [self._field(found, f"{pointer}/{found.name}", inner) for found in fields]
        if self.is_open or not fields:
            lines.append(f"{inner}[key: string]: {'unknown' if self.is_open else 'never'};\n")
        return f"{{\n{''.join(lines)}{margin}}}"

    def spell(self, data_type: DataType, pointer: str, margin: str = "") -> str:
        """Any type as an expression."""
        match data_type:
            case Scalar(kind):
                return _SCALARS.get(kind, "string")
            case Nullable(of):
                return f"{self.spell(of, pointer, margin)} | null"
            case UnionOf(members):
                return " | ".join(dict.fromkeys(self.spell(member, pointer, margin) for member in members))
            case ListOf(items):
                text = self.spell(items, pointer, margin)
                return f"({text})[]" if isinstance(items, Nullable | UnionOf | EnumOf) or " | " in text else f"{text}[]"
            case MapOf(values):
                return f"{{ [key: string]: {self.spell(values, pointer, margin)} }}"
            case EnumOf(values):
                return " | ".join(map(_literal, values))
            case ObjectOf(fields):
                return self.fields(fields, pointer, margin)
            case Named(name):
                return self.names[name]

    def facts(self, data_type: DataType, pointer: str) -> Iterator[Tag]:
        """What is known about a value beside its type in TypeScript."""
        match data_type:
            case Scalar(kind, constraints):
                if kind is ScalarKind.INTEGER:
                    self.remarks.note("#", "integer", _INTEGERS)
                if kind in _FORMATS:
                    yield _FORMATS[kind]
                yield from self._bounds(constraints, pointer)
            case Nullable(of):
                yield from self.facts(of, pointer)
            case UnionOf(members):
                for member in members:
                    yield from _inside(self.facts(member, pointer), "one of")
            case ListOf(items, constraints):
                yield from self._bounds(constraints, pointer)
                yield from _inside(self.facts(items, pointer), "each item")
            case MapOf(values, constraints):
                yield from self._bounds(constraints, pointer)
                yield from _inside(self.facts(values, pointer), "each value")
            case EnumOf() | ObjectOf() | Named():
                pass

    def _field(self, found: Field, pointer: str, margin: str) -> str:
        tags = about(found.examples, deprecated=found.deprecated, sensitive=found.sensitive)
        if not isinstance(found.default, NoDefault):
            tags.append(Tag("default", spell_json(found.default)))
        tags += self.facts(found.type, pointer)
        key = found.name if _IDENTIFIER.fullmatch(found.name) else spell_json(found.name)
        text = self.spell(found.type, pointer, margin)
        return (
            f"{render_comment(found.description, tags, margin)}{margin}{key}{'?' if found.optional else ''}: {text};\n"
        )

    def _bounds(self, constraints: Constraints, pointer: str) -> Iterator[Tag]:
        for name, value in stated(constraints).items():
            self.remarks.lose(pointer, f"{name}: {value}", _WHY)
            yield Tag(_TAGS[name], value if isinstance(value, str) else spell_json(value))


def about(examples: tuple[JsonValue, ...] = (), *, deprecated: bool = False, sensitive: bool = False) -> list[Tag]:
    """What a declaration says about itself."""
    tags = [Tag("deprecated")] if deprecated else []
    tags += [Tag("sensitive", "keep it out of logs")] if sensitive else []
    return tags + [Tag("example", spell_json(example)) for example in examples]


def _inside(tags: Iterator[Tag], where: str) -> Iterator[Tag]:
    return (replace(tag, inside=(where, *tag.inside)) for tag in tags)


def _enum(values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...], descriptions: Mapping[str, str]) -> str:
    if not descriptions:
        return " | ".join(map(_literal, values))
    members = (f"{render_comment(descriptions.get(str(value), ''), (), '  ')}  | {_literal(value)}" for value in values)
    return "\n" + "\n".join(members)


def _literal(value: str | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return spell_json(value)
