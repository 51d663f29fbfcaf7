"""Formats one file, and proves that its meaning and its comments are what they were."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.fmt.read import read_tree
from surestep_dsl.fmt.write import write_tree
from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode, SourceText
from surestep_dsl.scalars import core_value
from surestep_dsl.source import Parsed, parse_source

__all__ = ["Formatted", "format_source"]

_ALIAS_OR_ANCHOR: Final = re.compile(r"(?:^|[\s\[{,])[&*]\w", re.MULTILINE)
_Meaning: TypeAlias = object
"""Plain values that are equal where two nodes mean the same."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """What formatting gives.

    Attributes:
        text: canonical; the text as it was, where it cannot be formatted.
        diagnostics: why YAML could not read it; empty where it could.
        is_refused: the formatter would have changed the meaning or lost a comment: a fault of ours.
    """

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()
    is_refused: bool = False


def format_source(source: SourceText) -> Formatted:
    """The canonical form of a file. Never raises."""
    text = re.sub(r"\r\n?", "\n", source.text)
    parsed = parse_source(SourceText(source.file, text))
    if parsed.diagnostics:
        return Formatted(source.text, parse_source(source).diagnostics)
    if not isinstance(parsed.root, MappingNode) or text.startswith(("{", "&"), parsed.root.start):
        return Formatted(source.text)  # no spec; what is wrong with it is the business of `check`
    try:
        head, tree = read_tree(text, parsed.root)
        written = write_tree(head, tree, may_reorder=_ALIAS_OR_ANCHOR.search(text) is None)
    except (ValueError, IndexError):
        return Formatted(source.text, is_refused=True)
    again = parse_source(SourceText(source.file, written))
    is_same = (
        not again.diagnostics and _meaning_of(again) == _meaning_of(parsed) and _comments(again) == _comments(parsed)
    )
    return Formatted(written) if is_same else Formatted(source.text, is_refused=True)


def _meaning_of(parsed: Parsed) -> _Meaning:
    return None if parsed.root is None else _meaning(parsed.root)


def _meaning(node: Node) -> _Meaning:
    match node:
        case ScalarNode():
            return node.text, type(core_value(node)), node.is_empty
        case SequenceNode():
            return [_meaning(item) for item in node.items]
        case MappingNode():
            return {entry.key.text: (_meaning(entry.key), _meaning(entry.value)) for entry in node.entries}


def _comments(parsed: Parsed) -> Counter[str]:
    """All comments, found in another way than the formatter does: what is left beside the scalars."""
    text, at, found = parsed.source.text, 0, Counter[str]()
    for start, end in sorted(set(_scalar_places(parsed.root))) if parsed.root else ():
        found.update(_comments_in(text[at:start]))
        if text.startswith(("|", ">"), start):
            found.update(_comments_in(text[start:end].partition("\n")[0]))
        at = max(at, end)
    found.update(_comments_in(text[at:]))
    return found


def _comments_in(gap: str) -> Iterator[str]:
    return (match[0].rstrip() for match in re.finditer(r"(?:(?<=\s)|^)#.*", gap, re.MULTILINE))


def _scalar_places(node: Node) -> Iterator[tuple[int, int]]:
    match node:
        case ScalarNode():
            yield node.start, node.end
        case SequenceNode(items=items):
            for item in items:
                yield from _scalar_places(item)
        case MappingNode(entries=entries):
            for entry in entries:
                yield from _scalar_places(entry.key)
                yield from _scalar_places(entry.value)
