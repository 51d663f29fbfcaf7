"""Named types and payloads of events: schemas that have a place of their own in a spec."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surestep_codegen.imports.containers import description_of, examples_of, is_closed, is_sensitive
from surestep_codegen.imports.disjoint import are_disjoint, find_tag
from surestep_codegen.imports.enums import described_constants
from surestep_codegen.imports.joining import join
from surestep_codegen.imports.keywords import ABOUT, STRUCTURE, Keywords
from surestep_codegen.imports.pointers import below, last_token
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.schemas import SchemaReader
from surestep_dsl.datatypes import (
    AliasDef,
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
    TypeDef,
    UnionOf,
)

__all__ = ["PayloadDef", "finish_types", "read_payload"]

_MAX_COMPARED: Final = 300
"""Members of a union that are compared with each other, and types that are followed; more would take too long."""


@dataclass(frozen=True, slots=True)
class PayloadDef:
    """The payload of an event.

    Attributes:
        data_type: the name of a closed object type that is the payload; `fields` are empty then.
        is_open: unknown fields are accepted.
        passed: schemas that were followed and are written out here; they need no name for the sake of the payload.
        about: what the schema says about itself.
    """

    fields: tuple[Field, ...]
    data_type: str | None
    is_open: bool
    about: Mapping[str, JsonValue]
    passed: tuple[str, ...] = ()


def read_payload(reader: SchemaReader, value: JsonValue, at: str, hint: str) -> PayloadDef | None:
    """The payload that a schema describes; None (with a remark) where it is not one object."""
    if value is True or value == {}:
        return PayloadDef((), None, is_open=True, about={})
    if not isinstance(value, dict):
        raise ImportProblemError("a schema must be an object, true or false", at)
    about, schema, seen = value, reader.flat(value, at), list[str]()
    while "$ref" in schema:
        at = reader.references.pointer(schema["$ref"], at)
        if at in seen:
            raise ImportProblemError("references lead in a circle", at)
        seen.append(at)
        target = reader.references.find(at, at)
        if not isinstance(target, dict):
            raise ImportProblemError("the schema of a payload must be an object", at)
        about, schema = {**target, **about}, reader.flat(target, at)
    schema = _joined(reader, schema, at)
    if seen and reader.references.uses[at] > 1 and is_closed(schema) and _is_payload(schema):
        name = reader.named(at, last_token(at)).name
        return PayloadDef((), name, is_open=False, about=about, passed=tuple(seen[:-1]))
    if not _is_payload(schema):
        reader.remarks.lose(at, hint, "the payload of an event is one object with named fields: the event is left out")
        return None
    keys = Keywords(schema, at, reader.remarks)
    keys.take("type")
    reader.containers.is_open = not is_closed(schema)
    fields = reader.containers.object(keys, hint).fields
    reader.containers.is_open = False
    keys.finish()
    return PayloadDef(fields, None, is_open=not is_closed(schema), about=about, passed=tuple(seen))


def _joined(reader: SchemaReader, schema: dict[str, JsonValue], at: str) -> dict[str, JsonValue]:
    """A choice between objects as one object, because a payload is one."""
    for keyword in ("oneOf", "anyOf"):
        choices = schema.get(keyword)
        if not isinstance(choices, list) or schema.keys() - {keyword} - ABOUT - STRUCTURE:
            continue
        places = [below(at, keyword, number) for number in range(len(choices))]
        followed = [reader.references.follow(*found) for found in zip(choices, places, strict=True)]
        members = [reader.flat(*found) for found in followed]
        if members and all(map(_is_payload, members)):
            reader.remarks.lose(below(at, keyword), keyword, "a payload is one object: joined, so more is accepted")
            return join(members)
    return schema


def _is_payload(schema: Mapping[str, JsonValue]) -> bool:
    """Whether a schema without references describes objects, by naming their fields."""
    if schema.keys() & {"anyOf", "oneOf", "enum", "const"}:
        return False
    return schema.get("type") == "object" or ("type" not in schema and "properties" in schema)


def finish_types(reader: SchemaReader) -> dict[str, TypeDef]:
    """All named types, those included that only others name."""
    types = reader.declared.types
    while reader.waiting:
        pointer = reader.waiting.pop(0)
        name = reader.names[pointer]
        types[name] = _definition(reader, name, reader.references.find(pointer, pointer), pointer)
    for name in types:
        _refuse_circle(name, types)
    for at, members in reader.one_ofs:
        pairs = ((one, other) for number, one in enumerate(members) for other in members[:number])
        if len(members) > _MAX_COMPARED or not all(are_disjoint(one, other, types) for one, other in pairs):
            reader.remarks.lose(at, "oneOf", "a value that fits several members is accepted, too")
    for name in types:
        types[name] = _tagged(types[name], types)
    return dict(sorted(types.items()))


def _definition(reader: SchemaReader, name: str, value: JsonValue, at: str) -> TypeDef:
    about = value if isinstance(value, dict) else {}
    description, deprecated = description_of(about), about.get("deprecated") is True
    data_type = reader.schema(value, at, name)
    if "default" in about:
        reader.remarks.note(below(at, "default"), "default", "only fields have one: left out")
    match data_type:
        case ObjectOf(fields):
            return ObjectDef(name, fields, description, deprecated, examples_of(about))
        case EnumOf(values):
            constants = described_constants(about)
            descriptions = {} if constants is None else constants.descriptions
            return EnumDef(name, values, descriptions, description=description, deprecated=deprecated)
        case _:
            return AliasDef(name, data_type, description, deprecated, examples_of(about), is_sensitive(about))


def _tagged(definition: TypeDef, types: Mapping[str, TypeDef]) -> TypeDef:
    """A union of objects that one field tells apart, as the language writes it."""
    if not isinstance(definition, AliasDef) or not isinstance(definition.of, UnionOf) or definition.examples:
        return definition
    members = tuple(member.name for member in definition.of.members if isinstance(member, Named))
    tag = find_tag(members, types) if len(members) == len(definition.of.members) else None
    if tag is None:
        return definition
    return TaggedUnionDef(definition.name, tag, members, definition.description, definition.deprecated)


def _refuse_circle(name: str, types: Mapping[str, TypeDef]) -> None:
    """A type that reaches only itself has no values; the languages agree that it is a mistake."""
    seen, pending = set[str](), [name]
    while pending and len(seen) < _MAX_COMPARED:
        definition = types.get(pending.pop())
        for inner in _directly(definition.of) if isinstance(definition, AliasDef) else ():
            if inner == name:
                raise ImportProblemError(f"the type `{name}` is made of nothing but itself")
            if inner not in seen:
                seen.add(inner)
                pending.append(inner)


def _directly(data_type: DataType) -> tuple[str, ...]:
    """Names that a type consists of, without going into lists, maps and objects."""
    match data_type:
        case Named(name):
            return (name,)
        case Nullable(of):
            return _directly(of)
        case UnionOf(members):
            return tuple(name for member in members for name in _directly(member))
        case Scalar() | ListOf() | MapOf() | EnumOf() | ObjectOf():
            return ()
