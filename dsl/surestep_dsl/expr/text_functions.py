"""The functions over texts. Arguments have the types that the table in `functions` asks for."""

import base64
import binascii
import json
from typing import Any, Final

from surestep_dsl.expr.patterns import searcher
from surestep_dsl.expr.values import EvaluationError, Int
from surestep_dsl.limits import MAX_EXPRESSION_TEXT_CHARACTERS

__all__ = [
    "decode_base64",
    "find_text",
    "join_texts",
    "lower_ascii",
    "matches",
    "parse_json",
    "replace_text",
    "split_text",
    "substring",
    "upper_ascii",
]

_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER: Final = {code + 32: code for code in _LOWER}


def lower_ascii(text: str) -> str:
    """A to Z in lower case, all else as it is."""
    return text.translate(_LOWER)


def upper_ascii(text: str) -> str:
    """A to z in upper case, all else as it is."""
    return text.translate(_UPPER)


def matches(text: str, pattern: str) -> bool:
    """Whether `pattern` is found anywhere in `text`."""
    return searcher(pattern)(text)


def find_text(text: str, part: str, start: int = 0) -> Int:
    """The first place of `part` from `start` on, -1 where there is none."""
    if not 0 <= start <= len(text):
        raise EvaluationError(f"`indexOf` starts outside the text: {start}")
    return Int(text.find(part, start))


def substring(text: str, start: int, end: int | None = None) -> str:
    """The characters from `start` up to, without, `end`."""
    stop = len(text) if end is None else end
    if not 0 <= start <= stop <= len(text):
        raise EvaluationError(f"`substring` reaches outside the text: {start} to {stop} of {len(text)}")
    return text[start:stop]


def split_text(text: str, separator: str, limit: int = -1) -> list[str]:
    """The parts between separators, at most `limit` of them; an empty separator splits into characters."""
    if limit == 0:
        return []
    if separator:
        return text.split(separator, limit - 1 if limit > 0 else -1)
    whole = len(text) if limit < 0 else limit - 1
    return [*text[:whole], *([text[whole:]] if len(text) > whole else [])]


def join_texts(parts: list[Any], separator: str = "") -> str:
    """All parts, which are texts, with `separator` between them."""
    if not all(part.__class__ is str for part in parts):
        raise EvaluationError("`join` takes a list of texts")
    _refuse_length(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def replace_text(text: str, old: str, new: str, limit: int = -1) -> str:
    """`text` with `old` replaced by `new`, at most `limit` times."""
    count = text.count(old)
    _refuse_length(len(text) + (count if limit < 0 else min(count, limit)) * len(new))
    return text.replace(old, new, max(limit, -1))


def decode_base64(text: str) -> str:
    """The text whose UTF-8 bytes `text` holds in base64."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        raise EvaluationError("`b64decode` takes base64 of a text in UTF-8") from None


def parse_json(text: str) -> Any:
    """The JSON value that `text` holds; numbers are doubles, like those of an event."""
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise EvaluationError("`json_parse` takes a JSON text") from None


def _finite(source: str) -> float:
    value = float(source)
    if value - value != 0:
        raise ValueError(source)
    return value


def _refuse_length(characters: int) -> None:
    if characters > MAX_EXPRESSION_TEXT_CHARACTERS:
        raise EvaluationError(f"a text beyond {MAX_EXPRESSION_TEXT_CHARACTERS:,} characters")
