"""Texts in Markdown: whatever a description says, it stays text."""

import re
from typing import Final

from surestep_codegen.exports.docs.model import Link

__all__ = ["code_block", "code_span", "escape_text", "spell_links"]

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~$&])")
_FIRST: Final = re.compile(r"^[ \t]*(?:([#+=-])|(\d+)([.)]))?", re.MULTILINE)
"""What is special at the beginning of a line, where four spaces would make code."""
_BREAK: Final = re.compile(r"\s*\n\s*")


def escape_text(text: str, *, in_cell: bool = False) -> str:
    """Text outside of code; in a cell of a table on one line."""
    escaped = _FIRST.sub(_escape_first, _SPECIAL.sub(r"\\\1", text.strip()))
    return _BREAK.sub("<br>", escaped) if in_cell else escaped


def _escape_first(found: re.Match[str]) -> str:
    mark, number, point = found.groups(default="")
    return f"\\{mark}" if mark else f"{number}\\{point}" if point else ""


def code_span(text: str, *, in_cell: bool = False) -> str:
    """Code within a line; `|` would end a cell even here."""
    flat = " ".join(text.split("\n"))
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    padded = f" {flat} " if flat.startswith(("`", " ")) or flat.endswith(("`", " ")) or not flat else flat
    return f"{fence}{padded.replace('|', chr(92) + '|') if in_cell else padded}{fence}"


def code_block(text: str, language: str) -> str:
    """Code with lines of its own."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def spell_links(parts: tuple[Link, ...], *, in_cell: bool = False) -> str:
    """Code of which parts may be links."""
    spans = [(code_span(part.text, in_cell=in_cell), part.href) for part in parts]
    return "".join(f"[{span}]({href})" if href else span for span, href in spans)
