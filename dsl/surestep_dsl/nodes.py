"""A YAML document as plain nodes that know where they stand.

Nodes keep offsets into their source text; lines and columns are worked out only when somebody asks. Scalars keep
their text and style and can point at a character inside it. What a scalar means (number, boolean, name) is decided
by `parse`.
"""

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from surestep_dsl.diagnostics import Span

__all__ = ["Entry", "MappingNode", "Node", "ScalarNode", "SequenceNode", "SourceText", "Style"]

_LINE_BREAK: Final = re.compile(r"\r\n?|\n")
_JOINED_LINES: Final = re.compile(r"\\(?:\r\n?|\n)[ \t]*")
"""A backslash at the end of a line: it, the break and the indentation stand for nothing."""
_ESCAPE_LENGTHS: Final = {"x": 4, "u": 6, "U": 10}


class SourceText:
    """The text of one file, with a table of its lines."""

    __slots__ = ("_starts", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._starts = array("L", [0])
        self._starts.extend(match.end() for match in _LINE_BREAK.finditer(text))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both 1-based."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The stretch from `start` up to `end`."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        return Span(self.file, line, column, end_line, end_column)

    def line(self, number: int) -> str:
        """One line without its line break; empty past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


class Style(StrEnum):
    """How a scalar is written."""

    PLAIN = "plain"
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNode:
    """A text. `start` and `end` include quotes or the block's `|`."""

    source: SourceText
    start: int
    end: int
    text: str
    style: Style

    @property
    def span(self) -> Span:
        """All of it, quotes included."""
        return self.source.span(self.start, self.end)

    @property
    def is_empty(self) -> bool:
        """Nothing is written: `key:` and a line break."""
        return self.style is Style.PLAIN and not self.text

    def span_at(self, start: int, end: int) -> Span:
        """The source of `text[start:end]`, whatever quotes, escapes and folded lines lie between."""
        offsets = _offsets(self)
        first = offsets[min(start, len(self.text))]
        last = offsets[min(end, len(self.text)) - 1] + 1 if end > start else first
        return self.source.span(first, max(last, first + 1))

    def content_start(self) -> int:
        """Where the text begins, after a quote or the line of a block's `|`."""
        if self.style in (Style.LITERAL, Style.FOLDED):
            line_end = _LINE_BREAK.search(self.source.text, self.start)
            return line_end.end() if line_end else self.end
        return self.start if self.style is Style.PLAIN else self.start + 1

    def skip_to(self, character: str, at: int) -> int:
        """Pass indentation and folded line breaks until `character` (or an escape for it) comes."""
        raw = self.source.text
        while at < self.end and raw[at] != character:
            if self.style is Style.DOUBLE and raw[at] == "\\":
                joined = _JOINED_LINES.match(raw, at)
                if joined is None:
                    return at
                at = joined.end() - 1
            elif not raw[at].isspace() or (character.isspace() and raw[at] in "\r\n"):
                return at
            at += 1
        return at

    def width(self, at: int) -> int:
        """How many characters of the source make one of the text."""
        raw = self.source.text[at : at + 2]
        if self.style is Style.DOUBLE and raw[:1] == "\\":
            return _ESCAPE_LENGTHS.get(raw[1:], 2)
        return 2 if self.style is Style.SINGLE and raw == "''" else 1


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key of a mapping with its value."""

    key: ScalarNode
    value: "Node"


@dataclass(frozen=True, slots=True, eq=False)
class MappingNode:
    """Keys and values in the order written; no key twice."""

    source: SourceText
    start: int
    end: int
    entries: tuple[Entry, ...]

    @property
    def span(self) -> Span:
        """From the first key to the end of the last value."""
        return self.source.span(self.start, self.end)


@dataclass(frozen=True, slots=True, eq=False)
class SequenceNode:
    """Items in the order written."""

    source: SourceText
    start: int
    end: int
    items: "tuple[Node, ...]"

    @property
    def span(self) -> Span:
        """From the first item to the end of the last."""
        return self.source.span(self.start, self.end)


@lru_cache(maxsize=16)
def _offsets(scalar: ScalarNode) -> list[int]:
    """For each character of a text, and for its end, the offset in the file."""
    found, at = list[int](), scalar.content_start()
    for character in scalar.text:
        at = scalar.skip_to(character, at)
        found.append(at)
        at += scalar.width(at)
    return [*found, min(at, len(scalar.source.text))]


Node: TypeAlias = ScalarNode | MappingNode | SequenceNode
