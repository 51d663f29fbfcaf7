"""Types and events as the text of a spec. Only the declarations that importers make are known here."""

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from surestep_dsl.constraints import stated
from surestep_dsl.datatypes import (
    NO_CONSTRAINTS,
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
from surestep_dsl.model import EventDef

__all__ = ["render_spec"]

_Tree: TypeAlias = str | list[str] | Mapping[str, "_Tree"]
"""A text is YAML already; so are keys."""

_WIDTH: Final = 110
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_/.-]*(?: [A-Za-z0-9_/().'-]+)*\??")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def render_spec(app: str, description: str, types: Mapping[str, TypeDef], events: Mapping[str, EventDef]) -> str:
    """The text of a spec with these declarations, in their order."""
    parts = ["spec: 1", f"app: {app}"]
    if description:
        parts.append(f"description: {_text(description)}")
    for section, entries in (
        ("types", {name: _definition(types[name]) for name in types}),
        ("events", {_text(name): _event(event) for name, event in events.items()}),
    ):
        if entries:
            parts.append("")
            parts.append(f"{section}:")
            parts.extend(line for name, tree in entries.items() for line in _lines(name, tree, 2))
    return "\n".join(parts) + "\n"


def _lines(key: str, tree: _Tree, indent: int) -> list[str]:
    """A key with its value: in one line where that is short, else with its keys below."""
    flow = _flow(tree)
    margin = " " * indent
    fits = indent + len(key) + len(flow) + 2 <= _WIDTH
    if isinstance(tree, str) or (fits and not _holds_mapping(tree)) or not tree:
        return [f"{margin}{key}: {flow}"]
    if isinstance(tree, list):
        return [f"{margin}{key}:", *(f"{margin}  - {item}" for item in tree)]
    return [f"{margin}{key}:", *(line for name in tree for line in _lines(name, tree[name], indent + 2))]


def _flow(tree: _Tree) -> str:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, list):
        return f"[{', '.join(tree)}]"
    return f"{{{', '.join(f'{key}: {_flow(value)}' for key, value in tree.items())}}}"


def _holds_mapping(tree: list[str] | Mapping[str, _Tree]) -> bool:
    return not isinstance(tree, list) and any(isinstance(value, Mapping) for value in tree.values())


def _definition(definition: TypeDef) -> _Tree:
    about = _about(definition.description, deprecated=definition.deprecated, python=definition.python)
    match definition:
        case ObjectDef(fields=fields, examples=examples):
            return about | _examples(examples) | {"fields": _fields(fields)}
        case EnumDef(values=values):
            if not definition.descriptions and not definition.python_names:
                return about | {"enum": [_enum_literal(value) for value in values]}
            return about | {"enum": {_enum_literal(value): _value(definition, str(value)) for value in values}}
        case AliasDef(of=of, examples=examples, sensitive=sensitive):
            return _short(_form(of) | about | _examples(examples) | ({"sensitive": "true"} if sensitive else {}))
        case TaggedUnionDef(on=on, members=members):
            return about | {"union": {"on": _text(on), "of": list(members)}}


def _value(definition: EnumDef, value: str) -> _Tree:
    """What is said about a value of an enum; nothing is an empty description."""
    description, python = definition.descriptions.get(value, ""), definition.python_names.get(value)
    if python is None:
        return _text(description) if description else '""'
    return _about(description, python=python)


def _event(event: EventDef) -> _Tree:
    tree = _about(event.description, deprecated=event.deprecated, python=event.python)
    if event.version is not None:
        tree["version"] = _json(event.version)
    if event.id_template is not None:
        tree["id"] = _json(event.id_template)
    if event.external:
        tree["external"] = "true"
    tree |= _data(event.fields, event.data_type)
    if event.previous:
        tree["previous"] = [
            _flow({"version": _json(older.version)} | _data(older.fields, older.data_type)) for older in event.previous
        ]
    return tree | _examples(event.examples)


def _data(fields: tuple[Field, ...], data_type: str | None) -> dict[str, _Tree]:
    if data_type is not None:
        return {"data": data_type}
    return {"data": _fields(fields)} if fields else {}


def _fields(fields: tuple[Field, ...]) -> _Tree:
    return {_field_key(field): _field(field) for field in fields}


def _field_key(field: Field) -> str:
    """A default says that the field may be absent; a name that ends in `?` has to say it twice."""
    marked = field.optional and (isinstance(field.default, NoDefault) or field.name.endswith("?"))
    return _text(f"{field.name}?" if marked else field.name)


def _field(field: Field) -> _Tree:
    tree = _form(field.type) | _about(field.description, deprecated=field.deprecated, python=field.python)
    if not isinstance(field.default, NoDefault):
        tree["default"] = _json(field.default)
    if field.sensitive:
        tree["sensitive"] = "true"
    return _short(tree | _examples(field.examples))


def _short(tree: dict[str, _Tree]) -> _Tree:
    """A type alone needs no long form."""
    return tree["type"] if tree.keys() == {"type"} else tree


def _form(data_type: DataType) -> dict[str, _Tree]:
    """The long form of a type."""
    match data_type:
        case ObjectOf(fields):
            return {"fields": _fields(fields)}
        case ListOf(items, constraints) if not _is_plain(items):
            return {"items": _short(_form(items)), **_constraints(constraints)}
        case MapOf(values, constraints) if not _is_plain(values):
            return {"values": _short(_form(values)), **_constraints(constraints)}
        case Nullable(Scalar(constraints=own) | ListOf(constraints=own) | MapOf(constraints=own)):
            return {"type": _type(data_type), **_constraints(own)}
        case Scalar(constraints=own) | ListOf(constraints=own) | MapOf(constraints=own):
            return {"type": _type(data_type), **_constraints(own)}
        case _:
            return {"type": _type(data_type)}


def _is_plain(data_type: DataType) -> bool:
    """Whether a type expression says all of it."""
    match data_type:
        case ObjectOf():
            return False
        case Scalar(constraints=constraints):
            return constraints == NO_CONSTRAINTS
        case ListOf(of, constraints) | MapOf(of, constraints):
            return constraints == NO_CONSTRAINTS and _is_plain(of)
        case Nullable(of):
            return _is_plain(of)
        case UnionOf() | EnumOf() | Named():
            return True


def _type(data_type: DataType) -> str:
    expression = _expression(data_type)
    return expression if _WORD.fullmatch(expression.removesuffix("?")) else _json(expression)


def _expression(data_type: DataType) -> str:
    match data_type:
        case Scalar(kind):
            return kind
        case Named(name):
            return name
        case ListOf(items):
            return f"list[{_expression(items)}]"
        case MapOf(values):
            return f"map[{_expression(values)}]"
        case EnumOf(values):
            return f"enum[{', '.join(_enum_literal(value) for value in values)}]"
        case Nullable(UnionOf(members)):
            return " | ".join([*map(_expression, members), "null"])
        case Nullable(of):
            return f"{_expression(of)}?"
        case UnionOf(members):
            return " | ".join(map(_expression, members))
        case ObjectOf():
            raise AssertionError("objects have a long form or a name")


def _enum_literal(value: str | float) -> str:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else _json(value)


def _constraints(constraints: Constraints) -> dict[str, _Tree]:
    """Bounds as the language reads them: `true`, numbers, and texts in quotes."""
    return {name: _json(value) for name, value in stated(constraints).items()}


def _examples(examples: tuple[JsonValue, ...]) -> dict[str, _Tree]:
    return {"examples": [_json(example) for example in examples]} if examples else {}


def _about(description: str, *, deprecated: bool = False, python: str | None = None) -> dict[str, _Tree]:
    tree: dict[str, _Tree] = {}
    if description:
        tree["description"] = _text(description)
    if deprecated:
        tree["deprecated"] = "true"
    if python is not None:
        tree["python"] = python
    return tree


def _text(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _json(text)


def _json(value: JsonValue) -> str:
    """JSON is YAML, but for some characters that YAML wants escaped."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
