"""Shows diagnostics: as text with the source line and a caret, or as JSON.

Pure: callers print, and take colours out again where the text goes to a file or a pipe.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span
from surestep_dsl.nodes import SourceText

__all__ = ["Paint", "diagnostic_keys", "paint", "render_json", "render_summary", "render_text"]

Paint: TypeAlias = Callable[[str, str], str]
"""`paint(text, style)` gives the text in a style: `error`, `warning`, `info`, `place`, `hint` or `caret`."""

_COLOURS: Final = {
    "error": "\033[31m",
    "warning": "\033[33m",
    "info": "\033[34m",
    "hint": "\033[36m",
    "caret": "\033[32m",
    "place": "\033[1m",
}
_PLAIN: Final = "\033[0m"
_MAX_LINE: Final = 160
"""Characters shown of a source line; of a longer one a part around the caret."""


def _plain(text: str, _style: str) -> str:
    return text


def paint(text: str, style: str) -> str:
    """A text in a style, for a terminal; `click.echo` takes the colour out again for anything else."""
    return f"{_COLOURS[style]}{text}{_PLAIN}"


def render_text(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText], paint: Paint = _plain) -> str:
    """All diagnostics, each with its source line, a caret, its hint and related places; ends with a line break."""
    return "".join(f"{_render_one(diagnostic, sources, paint)}\n" for diagnostic in diagnostics)


def _render_one(diagnostic: Diagnostic, sources: Mapping[str, SourceText], paint: Paint) -> str:
    span = diagnostic.span
    place = paint(f"{span.file}:{span.line}:{span.column}:", "place")
    grade = paint(f"{diagnostic.severity}[{diagnostic.code}]:", diagnostic.severity)
    lines = [f"{place} {grade} {diagnostic.message}", *_excerpt(span, sources, paint)]
    if diagnostic.hint:
        lines.append(f"  {paint('hint:', 'hint')} {diagnostic.hint}")
    lines.extend(_render_related(related, paint) for related in diagnostic.related)
    return "\n".join(lines) + "\n"


def _render_related(related: Related, paint: Paint) -> str:
    span = related.span
    return f"  {paint(f'{span.file}:{span.line}:{span.column}:', 'place')} {related.message}"


def _excerpt(span: Span, sources: Mapping[str, SourceText], paint: Paint) -> list[str]:
    """The source line with carets below the span, or below its part on the first line."""
    source = sources.get(span.file)
    line = source.line(span.line) if source else ""
    if not line.strip():
        return []
    end = span.end_column if span.end_line == span.line else len(line) + 1
    first = max(0, span.column - 1 - _MAX_LINE // 2) if len(line) > _MAX_LINE else 0
    shown = line[first : first + _MAX_LINE]
    width = max(1, min(end, first + _MAX_LINE + 1) - span.column)
    # a tab in the margin keeps the caret below its character
    margin = "".join("\t" if character == "\t" else " " for character in line[first : span.column - 1])
    number = str(span.line)
    return [f"  {number} | {shown}", f"  {' ' * len(number)} | {margin}{paint('^' * width, 'caret')}"]


def render_summary(diagnostics: Iterable[Diagnostic], files: int) -> str:
    """`2 errors, 1 warning in 3 files`."""
    severities = [diagnostic.severity for diagnostic in diagnostics]
    counts = [
        _count(severities.count(severity), name)
        for severity, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))
        if severity in severities
    ]
    return f"{', '.join(counts) or 'no problems'} in {_count(files, 'file')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON list; each entry has the keys of `Diagnostic` with its span spread out."""
    entries = [diagnostic_keys(diagnostic) for diagnostic in diagnostics]
    return json.dumps(entries, indent=2, ensure_ascii=False)


def diagnostic_keys(diagnostic: Diagnostic) -> dict[str, object]:
    """The keys of one entry."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
        **_span_keys(diagnostic.span),
        "related": [{"message": related.message, **_span_keys(related.span)} for related in diagnostic.related],
    }


def _span_keys(span: Span) -> dict[str, str | int]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
