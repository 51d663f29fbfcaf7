"""From the text of an expression to its tokens; text literals are decoded here.

The lexis is CEL's without bytes (`b""`) and unsigned literals (`1u`), which JSON does not have.
"""

import re
from dataclasses import dataclass
from typing import Final

from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.limits import MAX_INTEGER

__all__ = ["SyntaxFaultError", "Token", "split_tokens"]


class SyntaxFaultError(Exception):
    """Stops lexing or parsing; never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `kind` is name, int, double, text, symbol or end; `value` is decoded for literals."""

    kind: str
    value: str | int | float
    start: int
    end: int


_QUOTES: Final = ('"""', "'''", '"', "'")
_QUOTED: Final = "|".join(
    rf"{quote}(?s:\\.|[^\\])*?{quote}" if len(quote) == 3 else rf"{quote}(?:\\.|[^{quote}\\\r\n])*{quote}"
    for quote in _QUOTES
)
_RAW: Final = "|".join(
    rf"{quote}(?s:.)*?{quote}" if len(quote) == 3 else rf"{quote}[^{quote}\r\n]*{quote}" for quote in _QUOTES
)
_TOKEN: Final = re.compile(
    rf"""
    (?P<space>[\t\n\f\r\ ]+|//[^\n]*)
    |(?P<raw>[rR](?:{_RAW}))
    |(?P<text>{_QUOTED})
    |(?P<open>[rR]?["'])
    |(?P<double>[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)
    |(?P<int>0x[0-9a-fA-F]+|[0-9]+)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<foreign>===|!==|<>|=>|\*\*|\?\?|\?\.(?![0-9])|&(?!&)|\|(?!\|)|=(?!=))
    |(?P<symbol>&&|\|\||[=!<>]=|[-!*/%+<>()\[\]{{}}.,?:])
    """,
    re.VERBOSE,
)
_FOREIGN_HINTS: Final = {
    "===": "write `==`; it never converts types",
    "!==": "write `!=`; it never converts types",
    "<>": "write `!=`",
    "=": "write `==` to compare",
    "&": "write `&&`",
    "|": "write `||`",
    "??": "write `has(x) ? x : other`",
    "?.": "write `.`; a missing field is null in `==` and `!=`, elsewhere test it with `has()`",
    "=>": "write `list.filter(item, condition)`",
    "**": "there is no power operator",
}
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(?s:(.))|$)"
)
_SIMPLE_ESCAPES: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def split_tokens(text: str) -> list[Token]:
    """All tokens of `text`; the last one has the kind `end`.

    Raises:
        SyntaxFaultError: a character, a number or a text literal is not valid.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SyntaxFaultError(_strange_character(text, position))
        kind, end = match.lastgroup or "", match.end()
        if kind != "space":
            tokens.append(_token(kind, match.group(), position, end))
        position = end
    tokens.append(Token("end", "", len(text), len(text)))
    return tokens


def _token(kind: str, source: str, start: int, end: int) -> Token:
    match kind:
        case "int":
            return Token(kind, _whole_number(source, start, end), start, end)
        case "double":
            return Token(kind, _fraction(source, start, end), start, end)
        case "raw":
            return Token("text", source[4:-3] if source[1:4] in ('"""', "'''") else source[2:-1], start, end)
        case "text":
            quotes = 3 if source[:3] in ('"""', "'''") else 1
            return Token(kind, _decode(source[quotes:-quotes], start + quotes), start, end)
        case "open":
            raise SyntaxFaultError(find("E102", "this text has no closing quote", start, end))
        case "foreign":
            message = f"`{source}` is not an operator here"
            raise SyntaxFaultError(find("E101", message, start, end, _FOREIGN_HINTS[source]))
        case _:
            return Token(kind, source, start, end)


def _whole_number(source: str, start: int, end: int) -> int:
    # One more than the largest is let through: with a minus before it, it is the smallest.
    value = int(source, 16) if source.startswith("0x") else int(source) if len(source) < 30 else MAX_INTEGER + 2
    if value > MAX_INTEGER + 1:
        raise SyntaxFaultError(find("E103", "a whole number has at most 64 bits", start, end))
    return value


def _fraction(source: str, start: int, end: int) -> float:
    value = float(source)
    if value == float("inf"):
        raise SyntaxFaultError(find("E103", "this number is too large", start, end))
    return value


def _decode(body: str, offset: int) -> str:
    if "\\" not in body:
        return body

    def replaced(match: re.Match[str]) -> str:
        simple, *codes, other = match.groups()
        if simple:
            return _SIMPLE_ESCAPES.get(simple, simple)
        code = next((int(digits, 8 if place == 3 else 16) for place, digits in enumerate(codes) if digits), None)
        if code is None or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            start, end = offset + match.start(), offset + match.end()
            raise SyntaxFaultError(
                find("E102", f"`{match.group()}` is not an escape", start, end, rf"write `\\{other or ''}` or `r'...'`")
            )
        return chr(code)

    return _ESCAPE.sub(replaced, body)


def _strange_character(text: str, position: int) -> Problem:
    character = text[position]
    hint = None
    if character in "\u2018\u2019\u201c\u201d\u00ab\u00bb":
        hint = "use straight quotes"
    elif character == "`":
        hint = 'write `of["field"]` for a field that is no name'
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return find("E101", f"`{shown}` has no meaning here", position, position + 1, hint)
