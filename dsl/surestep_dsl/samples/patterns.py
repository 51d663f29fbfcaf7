"""Patterns of the language (Rust's syntax) as trees, to make texts that match.

What a tree says is meant to be near the truth, not exact: whoever makes a text asks the real engine whether it matches.
"""

import functools
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

__all__ = ["Alternatives", "Characters", "PatternTree", "Repeated", "Sequence", "matching_texts", "parse_pattern"]

Ranges: TypeAlias = tuple[tuple[int, int], ...]
"""Code points from and to, both included."""

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_POSIX: Final = {
    "alnum": "azAZ09", "alpha": "azAZ", "ascii": "\0\x7f", "blank": "\t\t  ", "cntrl": "\0\x1f\x7f\x7f",
    "digit": "09", "graph": "!~", "lower": "az", "print": " ~", "punct": "!/:@[`{~", "space": "\t\r  ",
    "upper": "AZ", "word": "azAZ09__", "xdigit": "09AFaf",
}  # fmt: skip
_WORD: Final = ("L", "M", "Nd", "Nl", "Pc")
_SPACE: Final = ((9, 13), (32, 32), (133, 133), (160, 160), (0x2000, 0x200A), (0x2028, 0x2029), (0x3000, 0x3000))
_ALL: Final = ((32, 0xD7FF), (0, 31), (0xE000, sys.maxunicode))
"""No halves of surrogate pairs; what can be read comes first."""
_MAX_REPEATS: Final = 64
"""Repeats beyond the least number that are tried for a text that must be long."""


@dataclass(frozen=True, slots=True)
class Characters:
    """One of these characters; none where there are no ranges."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Repeated:
    """At least `least` times, and at most `most` times, or without end."""

    of: "PatternTree"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; the empty text where there are no parts, as for `^`."""

    parts: "tuple[PatternTree, ...]"


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of these."""

    options: "tuple[PatternTree, ...]"


PatternTree: TypeAlias = Characters | Repeated | Sequence | Alternatives


def matching_texts(tree: PatternTree) -> Iterator[str]:
    """Texts that should match: plain ones first, then other choices, then longer ones; they may repeat."""
    for extra in range(_MAX_REPEATS):
        for choice in range(8 if extra < 8 else 1):
            yield _text(tree, extra, choice)


def _text(tree: PatternTree, extra: int, choice: int) -> str:
    match tree:
        case Characters(ranges):
            return _character(ranges, choice)
        case Repeated(of, least, most):
            count = least + extra if most is None else min(least + extra, most)
            return _text(of, extra, choice) * count
        case Sequence(parts):
            return "".join(_text(part, extra, choice) for part in parts)
        case Alternatives(options):
            return _text(options[choice % len(options)], extra, choice)


def _character(ranges: Ranges, choice: int) -> str:
    """A letter or digit where there is one."""
    for text in ("abcdefgh", "ABCDEFGH", "12345678"):
        fitting = [char for char in text if any(low <= ord(char) <= high for low, high in ranges)]
        if fitting:
            return fitting[choice % len(fitting)]
    if not ranges:
        return ""
    low, high = ranges[0]
    return chr(low + choice % (high - low + 1))


def parse_pattern(pattern: str) -> PatternTree:
    """The tree of a pattern that compiles."""
    return _Parser(pattern).alternatives()


@dataclass(slots=True)
class _Parser:
    text: str
    at: int = 0

    def peek(self, size: int = 1) -> str:
        return self.text[self.at : self.at + size]

    def take(self, size: int = 1) -> str:
        found = self.peek(size)
        self.at += size
        return found

    def take_until(self, end: str) -> str:
        stop = self.text.find(end, self.at)
        stop = len(self.text) if stop < 0 else stop
        found = self.text[self.at : stop]
        self.at = stop + len(end)
        return found

    def alternatives(self) -> PatternTree:
        options = [self.sequence()]
        while self.peek() == "|":
            self.take()
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Alternatives(tuple(options))

    def sequence(self) -> PatternTree:
        parts: list[PatternTree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self, atom: PatternTree) -> PatternTree:
        while (sign := self.peek()) in ("*", "+", "?", "{") and sign:
            self.take()
            if sign == "{":
                least, comma, most = self.take_until("}").partition(",")
                atom = Repeated(atom, int(least or 0), int(most or 0) or None if comma else int(least))
            else:
                atom = Repeated(atom, int(sign == "+"), 1 if sign == "?" else None)
            if self.peek() == "?":  # lazy: the same texts match
                self.take()
        return atom

    def atom(self) -> PatternTree:
        match self.take():
            case "(":
                return self.group()
            case "[":
                return Characters(self.set())
            case "^" | "$":
                return Sequence(())
            case ".":
                return Characters(_without(_ALL, ((10, 10),)))
            case "\\":
                return self.escape()
            case char:
                return Characters(((ord(char), ord(char)),))

    def group(self) -> PatternTree:
        if self.peek() == "?":
            if self.peek(2) == "?<" or self.peek(3) == "?P<":
                self.take_until(">")
            else:
                while self.peek() not in (":", ")", ""):
                    self.take()
                if self.take() == ")":  # flags for what follows
                    return Sequence(())
        found = self.alternatives()
        self.take()
        return found

    def escape(self) -> PatternTree:
        if self.peek() in "AzbB":
            if self.take() == "b" and self.peek() == "{":
                self.take_until("}")
            return Sequence(())
        return Characters(self.escaped())

    def escaped(self) -> Ranges:
        letter = self.take()
        if letter in "pP":
            name = self.take_until("}") if self.take() == "{" else self.text[self.at - 1]
            return self.either(_categories(name.lstrip("{").removeprefix("gc=")), is_negated=letter == "P")
        if letter in "dD":
            return self.either(_categories("Nd"), is_negated=letter == "D")
        if letter in "wW":
            return self.either(_categories(*_WORD), is_negated=letter == "W")
        if letter in "sS":
            return self.either(_SPACE, is_negated=letter == "S")
        if letter in "xuU":
            braced = self.peek() == "{"
            if braced:
                self.take()
            digits = self.take_until("}") if braced else self.take({"x": 2, "u": 4, "U": 8}[letter])
            return ((int(digits, 16), int(digits, 16)),)
        code = ord(_ESCAPES.get(letter, letter))
        return ((code, code),)

    def either(self, ranges: Ranges, *, is_negated: bool) -> Ranges:
        return _without(_ALL, ranges) if is_negated else ranges

    def set(self) -> Ranges:
        """What stands between brackets, up to and with the closing one."""
        is_negated = self.peek() == "^" and bool(self.take())
        found: Ranges = ()
        is_first = True
        while (self.peek() != "]" or is_first) and self.peek():
            is_first = False
            if self.peek(2) == "&&":
                self.take(2)
                rest = self.set()
                return self.either(_without(found, _without(_ALL, rest)), is_negated=is_negated)
            if self.peek(2) == "--":
                self.take(2)
                return self.either(_without(found, self.set()), is_negated=is_negated)
            found += self.member()
        self.take()
        return self.either(found, is_negated=is_negated)

    def member(self) -> Ranges:
        """A class, a nested set, a character or a range of them."""
        if self.peek(2) == "[:":
            self.take(2)
            name = self.take_until(":]")
            ends = _POSIX.get(name.removeprefix("^"), "")
            ranges = tuple((ord(low), ord(high)) for low, high in zip(ends[::2], ends[1::2], strict=True))
            return self.either(ranges, is_negated=name.startswith("^"))
        low = self.one()
        if self.peek() != "-" or self.peek(2) in ("-]", "--") or len(low) != 1 or low[0][0] != low[0][1]:
            return low
        self.take()
        return ((low[0][0], self.one()[0][1]),)

    def one(self) -> Ranges:
        match self.take():
            case "[":
                return self.set()
            case "\\":
                return self.escaped()
            case char:
                return ((ord(char), ord(char)),)


@functools.lru_cache(maxsize=32)
def _categories(*names: str) -> Ranges:
    """Characters of these general categories, as `L` or `Lu`; of a script, which Python does not know, none."""
    codes = [code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)).startswith(names)]
    borders = [code for code, following in pairwise([*codes, -1]) if following != code + 1]
    starts = [code for before, code in pairwise([-2, *codes]) if before != code - 1]
    return tuple((low, high) for low, high in zip(starts, borders, strict=True) if not 0xD800 <= low <= 0xDFFF)


def _without(ranges: Ranges, others: Ranges) -> Ranges:
    found = ranges
    for first, last in others:
        found = tuple(
            part
            for low, high in found
            for part in ((low, min(high, first - 1)), (max(low, last + 1), high))
            if part[0] <= part[1]
        )
    return found
