"""Says what is wrong with a text that libyaml refuses, in words that lead to the mend.

libyaml stops at its first problem and describes it in terms of its scanner; this table translates the ones that people
meet. An unknown problem keeps libyaml's words.
"""

import re
from typing import Final, Protocol

from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.nodes import SourceText

__all__ = ["Mark", "explain_problem"]

_NEEDS_QUOTES: Final = re.compile(r"(?:^|[:\-,\[{]\s+)(?P<value>[*&!@%`][^,\]}#\n]*)")
_PLAIN_BRACKET: Final = re.compile(r"[\w?]\[")

_EXPLANATIONS: Final = {
    "mapping values are not allowed in this context": (
        "a `:` is not allowed here",
        "a text that contains `: ` must stand in quotes; otherwise look at the line above: indentation, or its own `:`",
    ),
    "found unexpected ':'": ("a `:` without a space after it", "write `key: value`; other text with `:` in quotes"),
    "could not find expected ':'": ("a key without `:`", "write `key: value`, with a space after the colon"),
    "did not find expected key": (
        "this line does not fit the block it stands in",
        "its indentation must equal that of the keys beside it",
    ),
    "did not find expected '-' indicator": (
        "this line does not fit the list it stands in",
        "begin it with `- `, or indent it like the keys above the list",
    ),
    "did not find expected ',' or '}'": (
        "a `{` is not closed, or a comma is missing",
        "inside { } a text with [ ] { } , or : must stand in quotes",
    ),
    "did not find expected ',' or ']'": (
        "a `[` is not closed, or a comma is missing",
        "inside [ ] a text with [ ] { } , or : must stand in quotes",
    ),
    "found unexpected end of stream": ("a quote is opened here and never closed", "close it with the same quote"),
    "found unknown escape character": (
        "an unknown escape in a double-quoted text",
        "write \\\\ for a backslash, or use single quotes",
    ),
}


class Mark(Protocol):
    """A place in libyaml's terms: characters from the start of the text."""

    @property
    def index(self) -> int:
        """Counted from 0."""
        ...


def explain_problem(source: SourceText, problem: str | None, mark: Mark | None, context: Mark | None) -> Diagnostic:
    """One diagnostic for what made libyaml stop: its own words, where it stopped, where that construct began."""
    problem = problem or "the text ends too early"
    if problem == "found unexpected end of stream":
        mark = context or mark
    at = min(mark.index if mark else 0, len(source.text))
    span = source.span(at, at + 1)
    if "tab" in problem or (source.text[at : at + 1] == "\t" and "cannot start any token" in problem):
        return find("S004", "a tab is used for indentation", span, "indent with spaces")
    line = source.line(span.line)
    for match in _NEEDS_QUOTES.finditer(line):
        if match.start("value") <= span.column <= match.end("value") + 1:
            value = match["value"].strip()
            start = at - span.column + 1 + match.start("value")
            message = f"a text that begins with `{value[0]}` must stand in quotes"
            return find("S005", message, source.span(start, start + len(value)), f'write "{value}"')
    message, hint = _EXPLANATIONS.get(problem, (problem, None))
    if problem.endswith("',' or '}'") and _PLAIN_BRACKET.search(line[: span.column]):
        hint = 'inside { } a type with brackets must stand in quotes: {type: "enum[a, b]"}'
    return find("S005", f"not valid YAML: {message}", span, hint)
