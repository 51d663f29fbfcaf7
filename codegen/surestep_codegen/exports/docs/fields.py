"""Tables of fields, and type expressions whose names are links."""

import json
from collections.abc import Callable, Iterator

from surestep_codegen.exports.docs.model import FieldRow, Fields, Link
from surestep_dsl.constraints import stated
from surestep_dsl.datatypes import (
    Constraints,
    DataType,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    Nullable,
    ObjectOf,
    Scalar,
    UnionOf,
)

__all__ = ["field_rows", "fields_or_name", "find_object", "notes_of", "spell_json", "type_parts"]


def spell_json(value: JsonValue) -> str:
    """A value in one line."""
    return json.dumps(value, ensure_ascii=False)


def fields_or_name(fields: tuple[Field, ...], data_type: str | None, link: Callable[[str], Link]) -> Fields:
    """A payload that is stated in place, or by a type."""
    if data_type is not None:
        return Fields(link(data_type), ())
    return Fields(None, tuple(field_rows(fields, link)))


def field_rows(fields: tuple[Field, ...], link: Callable[[str], Link], prefix: str = "") -> Iterator[FieldRow]:
    """A row for each field, nested ones below the field that they are in."""
    for field in fields:
        name = f"{prefix}{field.name}"
        notes = list(notes_of(field.type))
        if not isinstance(field.default, NoDefault):
            notes.append(f"default {spell_json(field.default)}")
        notes += [f"for example {spell_json(example)}" for example in field.examples]
        yield FieldRow(
            name,
            type_parts(field.type, link),
            not field.optional,
            tuple(notes),
            field.description,
            field.deprecated,
            field.sensitive,
        )
        inner, path = find_object(field.type)
        yield from field_rows(inner, link, f"{name}{path}.")


def find_object(data_type: DataType) -> tuple[tuple[Field, ...], str]:
    """The fields of the object without a name that a type holds, and what leads to it: `[]` or `{}`."""
    match data_type:
        case ObjectOf(fields):
            return fields, ""
        case Nullable(of):
            return find_object(of)
        case ListOf(of):
            fields, path = find_object(of)
            return fields, f"[]{path}"
        case MapOf(of):
            fields, path = find_object(of)
            return fields, f"{{}}{path}"
        case Scalar() | EnumOf() | UnionOf() | Named():
            return (), ""


def type_parts(data_type: DataType, link: Callable[[str], Link]) -> tuple[Link, ...]:
    """A type expression; neighbouring texts are one part."""
    parts: list[Link] = []
    for part in _parts(data_type, link):
        if parts and not part.href and not parts[-1].href:
            parts[-1] = Link(parts[-1].text + part.text)
        else:
            parts.append(part)
    return tuple(parts)


def _parts(data_type: DataType, link: Callable[[str], Link]) -> Iterator[Link]:
    match data_type:
        case Scalar(kind):
            yield Link(kind.value)
        case Nullable(of):
            inner = list(_parts(of, link))
            yield from [Link("("), *inner, Link(")?")] if isinstance(of, UnionOf) else [*inner, Link("?")]
        case UnionOf(members):
            for at, member in enumerate(members):
                yield from [*([Link(" | ")] if at else []), *_parts(member, link)]
        case ListOf(of):
            yield from [Link("list["), *_parts(of, link), Link("]")]
        case MapOf(of):
            yield from [Link("map["), *_parts(of, link), Link("]")]
        case EnumOf(values):
            yield Link(f"enum[{', '.join(map(str, values))}]")
        case ObjectOf():
            yield Link("object")
        case Named(name):
            yield link(name)


def notes_of(data_type: DataType) -> Iterator[str]:
    """Its constraints and those of what it holds."""
    match data_type:
        case Scalar(constraints=constraints):
            yield from _bounds(constraints)
        case Nullable(of):
            yield from notes_of(of)
        case UnionOf(members):
            for member in members:
                yield from notes_of(member)
        case ListOf(of, constraints):
            yield from _bounds(constraints)
            yield from (f"each item: {note}" for note in notes_of(of))
        case MapOf(of, constraints):
            yield from _bounds(constraints)
            yield from (f"each value: {note}" for note in notes_of(of))
        case EnumOf() | ObjectOf() | Named():
            pass


def _bounds(constraints: Constraints) -> Iterator[str]:
    for name, value in stated(constraints).items():
        yield f"{name.replace('_', ' ')} {value}" if value is not True else name.replace("_", " ")
