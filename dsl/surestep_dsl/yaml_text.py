"""From nodes to YAML: block style, one key or item a line, comments left out.

Reading the text gives nodes with equal texts; whether a scalar is plain stays where the core schema would notice.
"""

import re
from collections.abc import Iterator
from typing import Final

from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode, Style

__all__ = ["render_nodes"]

_PLAIN: Final = re.compile(r"[-+.]?[A-Za-z0-9_]([\w./?\[\](),|+*&<>=-]| (?!#|$))*", re.ASCII)
"""Plain scalars wherever they stand in a block: among them all that the core schema reads as no text, but `~`."""
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def render_nodes(node: Node) -> str:
    """A text that ends in a line break."""
    return "".join(f"{line}\n" for line in _lines(node))


def _lines(node: Node) -> Iterator[str]:
    match node:
        case MappingNode(entries=entries) if entries:
            for entry in entries:
                yield from _after(f"{_scalar(entry.key)}:", entry.value)
        case SequenceNode(items=items) if items:
            for item in items:
                first, *others = _lines(item)
                yield f"- {first}"
                yield from (f"  {line}" for line in others)
        case MappingNode():
            yield "{}"
        case SequenceNode():
            yield "[]"
        case ScalarNode():
            yield _scalar(node)


def _after(key: str, value: Node) -> Iterator[str]:
    lines = list(_lines(value))
    is_block = (isinstance(value, MappingNode) and value.entries) or (isinstance(value, SequenceNode) and value.items)
    if not is_block:
        yield f"{key} {lines[0]}".rstrip()
        return
    yield key
    yield from (f"  {line}" for line in lines)


def _scalar(node: ScalarNode) -> str:
    if node.style is Style.PLAIN and (node.text in ("", "~") or _PLAIN.fullmatch(node.text)):
        return node.text
    return f'"{"".join(map(_escape, node.text))}"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08X}"
