"""Parses the entries of `types`: objects, enums, aliases and tagged unions."""

import re
from dataclasses import dataclass
from typing import Final

from surestep_dsl.datatypes import AliasDef, EnumDef, EnumOf, ObjectDef, ObjectOf, TaggedUnionDef, TypeDef
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from surestep_dsl.parse.constraints import CONSTRAINT_KEYS
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, describe
from surestep_dsl.parse.type_expression import BROKEN_TYPE, make_enum, parse_literal, parse_type_expression
from surestep_dsl.parse.types import SHAPE_KEYS, parse_examples, parse_python_name, parse_shape

__all__ = ["parse_type_def"]

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_ABOUT: Final = ("description", "deprecated", "examples", "sensitive", "python")
_KEYS: Final = (*SHAPE_KEYS, "enum", "union", *_ABOUT, *CONSTRAINT_KEYS)


@dataclass(frozen=True, slots=True)
class _EnumValue:
    value: str | int | float
    description: str
    python: str | None


def parse_type_def(entry: Entry, findings: Findings) -> TypeDef | None:
    """One named type; None where its name cannot be one."""
    name = entry.key.text
    if not _NAME.fullmatch(name):
        words = re.findall(r"[A-Za-z0-9]+", name)
        better = "".join(word[0].upper() + word[1:] for word in words)
        hint = f"did you mean `{better}`?" if _NAME.fullmatch(better) else "for instance `OrderLine`"
        findings.add(
            "S111", f"`{name}` is not a type name: a capital letter, then letters and digits", entry.key.span, hint
        )
        return None
    if isinstance(entry.value, ScalarNode) and not entry.value.is_empty:
        data_type = parse_type_expression(entry.value, findings)
        return EnumDef(name, data_type.values) if isinstance(data_type, EnumOf) else AliasDef(name, data_type)
    keys = KeyReader(entry.value, f"the type `{name}`", _KEYS, findings, where=entry.key.span)
    return _parse_long_form(name, keys)


def _parse_long_form(name: str, keys: KeyReader) -> TypeDef:
    written = [key for key in (*SHAPE_KEYS, "enum", "union") if keys.has(key)]
    if len(written) != 1:
        what = f"both `{written[0]}` and `{written[1]}`" if written else "none"
        message = f"{keys.what} needs one of `fields`, `enum`, `union`, `type`, `items` or `values`, and has {what}"
        where = keys.key_span(written[1]) if written else keys.where
        keys.findings.add("S113" if written else "S102", message, where)
        return AliasDef(name, BROKEN_TYPE)
    kind = written[0]
    _refuse_misplaced(kind, keys)
    if kind == "enum":
        return _parse_enum(name, keys)
    if kind == "union":
        return _parse_union(name, keys)
    return _parse_shaped(name, keys)


def _refuse_misplaced(kind: str, keys: KeyReader) -> None:
    refused = {
        "enum": ("examples", "sensitive", *CONSTRAINT_KEYS),
        "union": ("examples", "sensitive", *CONSTRAINT_KEYS),
        "fields": ("sensitive",),
    }
    for key in refused.get(kind, ()):
        if keys.has(key):
            keys.findings.add("S113", f"`{key}` does not go with `{kind}`", keys.key_span(key))


def _parse_shaped(name: str, keys: KeyReader) -> TypeDef:
    data_type = parse_shape(keys)
    description, deprecated = keys.description(), keys.boolean("deprecated")
    examples, python = parse_examples(keys), parse_python_name(keys)
    match data_type:
        case ObjectOf(fields):
            return ObjectDef(name, fields, description, deprecated, examples, python)
        case EnumOf(values) if not examples and not keys.has("sensitive"):
            return EnumDef(name, values, description=description, deprecated=deprecated, python=python)
        case _:
            sensitive = keys.boolean("sensitive")
            return AliasDef(name, data_type, description, deprecated, examples, sensitive, python)


def _parse_enum(name: str, keys: KeyReader) -> TypeDef:
    node = keys.optional("enum")
    values = [] if node is None else _parse_enum_values(node, keys.findings)
    enum = make_enum([value.value for value in values])
    if isinstance(enum, str):
        if node is not None:
            keys.findings.add("T107", enum, keys.key_span("enum"))
        return AliasDef(name, BROKEN_TYPE)
    return EnumDef(
        name,
        enum.values,
        descriptions={str(value.value): value.description for value in values if value.description},
        python_names={str(value.value): value.python for value in values if value.python},
        description=keys.description(),
        deprecated=keys.boolean("deprecated"),
        python=parse_python_name(keys),
    )


def _parse_enum_values(node: Node, findings: Findings) -> list[_EnumValue]:
    match node:
        case MappingNode(entries=entries):
            values = (_parse_enum_entry(entry, findings) for entry in entries)
            return [value for value in values if value is not None]
        case SequenceNode(items=items):
            values = (_parse_enum_item(item, findings) for item in items)
            return [value for value in values if value is not None]
        case ScalarNode():
            hint = "write `enum: {usd: US dollar, eur: Euro}`, or `type: enum[usd, eur]`"
            findings.add("S103", f"`enum` must be a mapping of values, not {describe(node)}", node.span, hint)
            return []


def _parse_enum_item(node: Node, findings: Findings) -> _EnumValue | None:
    if not isinstance(node, ScalarNode):
        findings.add("S103", f"an enum's value must be a text or a number, not {describe(node)}", node.span)
        return None
    literal = node.text if node.style is not Style.PLAIN else parse_literal(node.text)
    if literal is None:
        findings.add("T107", f"`{node.text}` is not an enum's value", node.span, "put it in quotes")
        return None
    return _EnumValue(literal, "", None)


def _parse_enum_entry(entry: Entry, findings: Findings) -> _EnumValue | None:
    value = _parse_enum_item(entry.key, findings)
    if value is None or (isinstance(entry.value, ScalarNode) and entry.value.is_empty):
        return value
    if isinstance(entry.value, ScalarNode):
        return _EnumValue(value.value, entry.value.text, None)
    keys = KeyReader(entry.value, f"the value `{entry.key.text}`", ("description", "python"), findings)
    return _EnumValue(value.value, keys.description(), parse_python_name(keys))


def _parse_union(name: str, keys: KeyReader) -> TypeDef:
    node = keys.optional("union")
    if node is None:
        return AliasDef(name, BROKEN_TYPE)
    hint = "write `union: {on: kind, of: [Card, Bank]}`"
    union = KeyReader(node, "`union`", ("on", "of"), keys.findings, where=keys.key_span("union"), hint=hint)
    on = union.text("on", required=True)
    union.required("of", hint)
    members: list[str] = []
    for item in union.items("of"):
        if not isinstance(item, ScalarNode) or not _NAME.fullmatch(item.text):
            keys.findings.add("S103", f"`of` lists names of types, not {describe(item)}", item.span, hint)
        elif item.text in members:
            keys.findings.add("T115", f"the member `{item.text}` stands twice", item.span)
        else:
            keys.findings.use(UseKind.TYPE, item.text, item)
            members.append(item.text)
    if on is None or not members:
        return AliasDef(name, BROKEN_TYPE)
    description, deprecated = keys.description(), keys.boolean("deprecated")
    return TaggedUnionDef(name, on, tuple(members), description, deprecated, parse_python_name(keys))
