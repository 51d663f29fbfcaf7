"""Parses types wherever they stand: an expression, or the long form with its closed set of keys; and fields."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from surestep_dsl.datatypes import NO_DEFAULT, DataType, Field, JsonValue, ListOf, MapOf, NoDefault, ObjectOf
from surestep_dsl.diagnostics import Related, Span
from surestep_dsl.names import is_python_name
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode
from surestep_dsl.parse.constraints import CONSTRAINT_KEYS, constrain, parse_constraints
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, describe
from surestep_dsl.parse.type_expression import BROKEN_TYPE, parse_type_expression
from surestep_dsl.scalars import json_of

__all__ = [
    "SHAPE_KEYS",
    "parse_examples",
    "parse_fields",
    "parse_object",
    "parse_python_name",
    "parse_shape",
    "parse_type",
]

SHAPE_KEYS: Final = ("type", "fields", "items", "values")
_FIELD_KEYS: Final = ("default", "examples", "deprecated", "sensitive", "python")
_LONG_KEYS: Final = (*SHAPE_KEYS, "description", *_FIELD_KEYS, *CONSTRAINT_KEYS)
_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_TYPE_HINT: Final = "write a type such as string, or a mapping with `type`, `fields`, `items` or `values`"


@dataclass(frozen=True, slots=True)
class _LongForm:
    type: DataType
    keys: KeyReader | None


def parse_type(node: Node, what: str, findings: Findings, where: Span) -> DataType:
    """A type that is not a field's: keys that only a field can have are refused."""
    form = _parse_long_form(node, what, findings, where)
    if form.keys is not None:
        for key in _FIELD_KEYS:
            if form.keys.has(key):
                hint = "put it on the field, or give the type a name under `types`"
                findings.add("T114", f"`{key}` belongs to a field, not to {what}", form.keys.key_span(key), hint)
    return form.type


def parse_object(keys: KeyReader, key: str) -> tuple[tuple[Field, ...], str | None]:
    """Fields written under a key, or the name of an object type; an empty `data` means no fields."""
    node = keys.entries[key].value if key == "data" and keys.has(key) else keys.optional(key)
    match node:
        case MappingNode():
            return parse_fields(node.entries, keys.findings), None
        case ScalarNode() if _TYPE_NAME.fullmatch(node.text):
            keys.findings.use(UseKind.OBJECT_TYPE, node.text, node)
            return (), node.text
        case ScalarNode() if node.is_empty:
            return (), None
        case None:
            return (), None
        case _:
            hint = f"write `{key}: {{field: type}}`, or the name of an object type"
            message = f"`{key}` must be a mapping of fields, not {describe(node)}"
            keys.findings.add("S103", message, node.span, hint)
            return (), None


def parse_fields(entries: Iterable[Entry], findings: Findings) -> tuple[Field, ...]:
    """The fields of an object, in the order written."""
    fields: dict[str, Field] = {}
    spans: dict[str, Span] = {}
    for entry in entries:
        field = _parse_field(entry, findings)
        if not field.name:
            findings.add("T113", "a field needs a name", entry.key.span)
        elif field.name in fields:
            first = Related(spans[field.name], "first written here")
            findings.add("T113", f"the field `{field.name}` is written twice", entry.key.span, None, first)
        else:
            fields[field.name] = field
            spans[field.name] = entry.key.span
    return tuple(fields.values())


def _parse_field(entry: Entry, findings: Findings) -> Field:
    written = entry.key.text
    name = written.removesuffix("?")
    form = _parse_long_form(entry.value, f"the field `{name}`", findings, entry.key.span)
    if form.keys is None:
        return Field(name, form.type, optional=name != written)
    default = _parse_default(form.keys)
    return Field(
        name,
        form.type,
        optional=name != written or default is not NO_DEFAULT,
        default=default,
        description=form.keys.description(),
        examples=parse_examples(form.keys),
        deprecated=form.keys.boolean("deprecated"),
        sensitive=form.keys.boolean("sensitive"),
        python=parse_python_name(form.keys),
    )


def _parse_long_form(node: Node, what: str, findings: Findings, where: Span) -> _LongForm:
    match node:
        case ScalarNode() if node.is_empty:
            findings.add("S104", f"{what} has no type", where, _TYPE_HINT)
            return _LongForm(BROKEN_TYPE, None)
        case ScalarNode():
            return _LongForm(parse_type_expression(node, findings), None)
        case SequenceNode():
            findings.add("S103", f"{what} must be a type, not a list", node.span, "write list[T], or enum[a, b]")
            return _LongForm(BROKEN_TYPE, None)
        case MappingNode():
            hint = "for a nested object write `fields:` and indent its fields below"
            if node.entries and not any(entry.key.text in _LONG_KEYS for entry in node.entries):
                findings.add("S102", f"{what} has a mapping without `type` or `fields`", where, hint)
                return _LongForm(BROKEN_TYPE, None)
            keys = KeyReader(node, what, _LONG_KEYS, findings, where=where, hint=hint)
            return _LongForm(parse_shape(keys), keys)


def parse_shape(keys: KeyReader) -> DataType:
    """The type that exactly one of `type`, `fields`, `items` and `values` states, with its constraints."""
    written = [key for key in SHAPE_KEYS if keys.has(key)]
    if len(written) != 1:
        code, problem = ("S113", f"has both `{written[0]}` and `{written[1]}`") if written else ("S102", "has none")
        where = keys.key_span(written[1]) if written else keys.where
        keys.findings.add(code, f"{keys.what} needs one of `type`, `fields`, `items` or `values`, and {problem}", where)
        return BROKEN_TYPE
    return constrain(_parse_body(written[0], keys), parse_constraints(keys), keys)


def _parse_body(key: str, keys: KeyReader) -> DataType:
    findings, where = keys.findings, keys.key_span(key)
    if key == "fields":
        return ObjectOf(parse_fields(keys.mapping("fields"), findings))
    value = keys.optional(key)
    if value is None:
        return BROKEN_TYPE
    if key == "items":
        return ListOf(parse_type(value, "the items", findings, where))
    if key == "values":
        return MapOf(parse_type(value, "the values", findings, where))
    if isinstance(value, ScalarNode):
        return parse_type_expression(value, findings)
    hint = "for a nested object write `fields:` instead of `type:`"
    findings.add("S103", f"`type` must be a type expression, not {describe(value)}", value.span, hint)
    return BROKEN_TYPE


def _parse_default(keys: KeyReader) -> JsonValue | NoDefault:
    """The default by the core schema; `resolve` reads it again with the field's type in mind."""
    value = keys.optional("default")
    return NO_DEFAULT if value is None else json_of(value, BROKEN_TYPE, {})


def parse_examples(keys: KeyReader) -> tuple[JsonValue, ...]:
    """The examples by the core schema; `resolve` reads them again with the type in mind."""
    return tuple(json_of(item, BROKEN_TYPE, {}) for item in keys.items("examples"))


def parse_python_name(keys: KeyReader) -> str | None:
    """The Python name chosen with `python:`."""
    scalar = keys.scalar("python")
    if scalar is None:
        return None
    if is_python_name(scalar.text):
        return scalar.text
    hint = "letters, digits and underscores, not a keyword, no leading underscore"
    keys.findings.add("N104", f"`{scalar.text}` cannot be a Python name here", scalar.span, hint)
    return None
