"""Regular expressions of the language (Rust) as those of JSON Schema (ECMA 262), and back.

Only what has an equal meaning on the other side is written; `None` says that there is no such pattern. What a construct
means is known from its spelling alone, so patterns are translated token by token and never parsed as a whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Translation", "from_ecma", "to_ecma"]

_TOKEN: Final = re.compile(
    r"""
    (?P<escape>\\(?:[pP](?:\{[^}]*\}|.)|[xuU]\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))
  | (?P<posix>\[:\^?[a-z]+:\])
  | (?P<group>\(\?(?:<?[=!]|P?<[^>]*>|[a-zA-Z-]*[):]))
  | (?P<repeat>\{[0-9]+(?:,[0-9]*)?\})
  | (?P<set>&&|--|~~)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_POSIX: Final = {
    "alnum": "A-Za-z0-9", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ", "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "space": r"\t\n\x0B\f\r ", "upper": "A-Z",
    "word": "A-Za-z0-9_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_ASCII_CLASSES: Final = {"d": "0-9", "w": "A-Za-z0-9_"}
_SYNTAX: Final = "^$\\.*+?()[]{}|/"
_GENERAL_CATEGORY: Final = re.compile(r"\\[pP]\{?([LMNPSZC][a-z]?)\}?")


@dataclass(frozen=True, slots=True)
class Translation:
    """A pattern in the other syntax, or None, with what differs."""

    pattern: str | None
    difference: str = ""


class _UntranslatableError(Exception):
    """A construct that the other syntax does not have."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    in_class: bool
    opens_class: bool = False
    closes_class: bool = False


def _tokens(pattern: str, *, nested: bool) -> Iterator[_Token]:
    """Tokens with what is known about brackets; `nested`: a bracket inside brackets opens others, as in Rust."""
    depth = 0
    begin = -1
    for match in _TOKEN.finditer(pattern):
        kind, text = match.lastgroup or "", match[0]
        if kind == "posix" and not (nested and depth):
            raise _UntranslatableError(f"`{text}`")
        if text == "[" and kind == "other" and (nested or not depth):
            yield _Token("other", text, in_class=depth > 0, opens_class=True)
            depth += 1
            begin = match.end() + (pattern[match.end() : match.end() + 1] == "^")
            continue
        closes = text == "]" and kind == "other" and depth > 0 and not (nested and match.start() == begin)
        if closes and match.start() == begin:
            raise _UntranslatableError("an empty pair of brackets")
        yield _Token(kind, text, in_class=depth > 0 and not closes, closes_class=closes)
        depth -= closes


def to_ecma(pattern: str) -> Translation:
    """A pattern of a spec for JSON Schema."""
    differences: dict[str, None] = {}
    try:
        text = "".join(_ecma_of(token, differences) for token in _tokens(pattern, nested=True))
    except _UntranslatableError as error:
        return Translation(None, f"{error} has no counterpart in ECMA 262")
    return Translation(text, "; ".join(differences))


def _ecma_of(token: _Token, differences: dict[str, None]) -> str:
    text = token.text
    if token.kind == "escape":
        return _ecma_escape(text, differences)
    if token.kind == "posix":
        return _posix(text)
    if token.kind == "group":
        if text.startswith(("(?P<", "(?<")):
            return "("
        if text != "(?:":
            raise _UntranslatableError(f"`{text}`")
        return text
    if token.in_class:
        if token.opens_class or token.kind == "set":
            raise _UntranslatableError(f"`{text}` in brackets")
        return f"\\{text}" if text in "[]" else text
    if token.kind == "other" and text in "]}" and not token.in_class:
        return text if text == "]" and token.closes_class else f"\\{text}"
    return r"[^\n]" if text == "." else text


def _ecma_escape(text: str, differences: dict[str, None]) -> str:
    letter = text[1]
    if letter in "dDwWbB" and len(text) == 2:
        differences[f"`{text}` knows the letters and digits of every script here, and only those of ASCII there"] = None
        return text
    if letter in "sS":
        differences[f"`{text}` counts U+0085 as white space here, and U+FEFF there"] = None
        return text
    if letter in "xuU" and len(text) > 2:
        digits = text[2:].strip("{}")
        return f"\\u{{{digits}}}" if len(digits) > 4 else f"\\u{int(digits, 16):04X}"
    if letter in "pP":
        category = _GENERAL_CATEGORY.fullmatch(text)
        if category is None:
            raise _UntranslatableError(f"`{text}`")
        return f"\\{letter}{{{category[1]}}}"
    if letter in "Az":
        return "^" if letter == "A" else "$"
    if letter in "fnrtv" or letter in _SYNTAX or letter == "-":
        return text
    if letter == "a":
        return r"\x07"
    if letter.isalnum() or letter in "<>":
        raise _UntranslatableError(f"`{text}`")
    return letter


def _posix(text: str) -> str:
    name = text[2:-2]
    if name not in _POSIX:
        raise _UntranslatableError(f"`{text}`")
    return _POSIX[name]


def from_ecma(pattern: str) -> Translation:
    """A pattern of JSON Schema for a spec; whether it compiles is for the caller to try."""
    differences: dict[str, None] = {}
    if "{," in pattern:
        return Translation(None, "`{,` means different things in different engines")
    try:
        text = "".join(_rust_of(token, differences) for token in _tokens(pattern, nested=False))
    except _UntranslatableError as error:
        return Translation(None, f"{error} has no counterpart in linear-time patterns")
    return Translation(text, "; ".join(differences))


def _rust_of(token: _Token, differences: dict[str, None]) -> str:
    text = token.text
    if token.kind == "escape":
        return _rust_escape(text, differences, in_class=token.in_class)
    if token.kind == "group" and text.endswith(("=", "!")):
        raise _UntranslatableError(f"look-around `{text}`")
    if token.in_class:
        # brackets inside of brackets, and doubled signs, are operators in Rust
        return "".join(f"\\{sign}" for sign in text) if token.kind == "set" or text == "[" else text
    return r"[^\n\r\u{2028}\u{2029}]" if text == "." else text


def _rust_escape(text: str, differences: dict[str, None], *, in_class: bool) -> str:
    letter = text[1]
    if letter.lower() in _ASCII_CLASSES:
        return f"[{'^' if letter.isupper() else ''}{_ASCII_CLASSES[letter.lower()]}]"
    if letter in "sS":
        differences[f"`{text}` counts U+FEFF as white space there, and U+0085 here"] = None
        return text
    if letter == "b":
        return r"\x08" if in_class else r"(?-u:\b)"
    if letter in "Bck" or letter.isdigit():
        raise _UntranslatableError(f"`{text}`")
    if letter == "u" and re.fullmatch(r"\\u[dD][89a-fA-F]..", text):
        raise _UntranslatableError(f"a half of a surrogate pair, `{text}`,")
    if letter.isalpha() and letter not in "fnrtvxupP":
        return letter
    return text
