"""Durations: text to milliseconds and back; one grammar for options, defaults, the wire and Python strings.

Either units (`1h30m`, `500ms`: descending, each at most once) or ISO 8601 without years and months (`PT1H30M`,
`P2W`). No fractions, signs, spaces or bare numbers. A library is not used: each one we tried also accepts what this
grammar refuses, so refusing would take the same regular expression.
"""

import re
from typing import Final

__all__ = ["DURATION_HINT", "format_duration", "parse_duration"]

DURATION_HINT: Final = "write units in descending order, such as 30s, 5m, 1h30m, 2d or 500ms"

_UNITS_MS: Final = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_UNITS: Final = re.compile("".join(rf"(?:([0-9]{{1,18}}){unit})?" for unit in _UNITS_MS))
_NUMBER: Final = "([0-9]{1,18})"
_ISO: Final = re.compile(
    rf"P(?:{_NUMBER}W|(?=[0-9]|T[0-9])(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)


def parse_duration(text: str) -> int | None:
    """Milliseconds of a duration, or None where the grammar refuses `text`."""
    if match := _UNITS.fullmatch(text) if text else None:
        return sum(int(number or 0) * size for number, size in zip(match.groups(), _UNITS_MS.values(), strict=True))
    if (match := _ISO.fullmatch(text)) and not text.endswith("T"):
        return sum(int(number or 0) * size for number, size in zip(match.groups(), _UNITS_MS.values(), strict=False))
    return None


def format_duration(milliseconds: int) -> str:
    """The shortest canonical text: `5400000` is `1h30m`, `0` is `0s`.

    Raises:
        ValueError: `milliseconds` is negative; durations have no sign.
    """
    if milliseconds < 0:
        raise ValueError("a duration has no sign")
    parts = []
    for unit, size in _UNITS_MS.items():
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
