"""Reads cron expressions: five fields, with the exact place of what is wrong.

Decides what a schedule may say, not when it fires next: that is the runtime's part. No library is used here, because
those at hand accept more than this language (seconds, `@daily`, 7 for Sunday, `L`, `5-1`) and tell no place.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

__all__ = ["Cron", "CronProblem", "parse_cron", "time_zones"]

_MONTHS: Final = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905 - a table of words reads best as words
_WEEKDAYS: Final = {name: at for at, name in enumerate("sun mon tue wed thu fri sat".split())}  # noqa: SIM905 - as above
_LONGEST_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: dict[str, int]


_FIELDS: Final = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 6, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A schedule as sets of numbers: equal schedules are equal however they are written.

    Attributes:
        either_day: both day fields are restricted, so a day counts when either of them holds it.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool

    @property
    def ever_fires(self) -> bool:
        """Whether some day of some year is meant; weekdays come round in every month."""
        return self.either_day or any(min(self.days) <= _LONGEST_MONTHS[month - 1] for month in self.months)


@dataclass(frozen=True, slots=True)
class CronProblem:
    """What is wrong with an expression, and where; `start` and `end` count its characters."""

    message: str
    start: int
    end: int
    hint: str | None = None


class _BadCronError(Exception):
    def __init__(self, problem: CronProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Names of the time zone database."""
    return frozenset(available_timezones())


def parse_cron(text: str) -> Cron | CronProblem:
    """The schedule that five fields state, or what is wrong with them."""
    words = list(re.finditer(r"\S+", text))
    if text.startswith("@"):
        return CronProblem(f"`{text}` is a nickname, not five fields", 0, len(text), "write 0 0 * * * for every day")
    if len(words) != len(_FIELDS):
        hint = "minute, hour, day of month, month, day of week; there are no seconds and no years"
        return CronProblem(f"a cron has 5 fields, not {len(words)}", 0, len(text), hint)
    try:
        minutes, hours, days, months, weekdays = (
            _read_field(field, word[0], word.start()) for field, word in zip(_FIELDS, words, strict=True)
        )
    except _BadCronError as error:
        return error.problem
    # a field that begins with a star restricts nothing in the sense of the rule about two day fields
    either_day = not words[2][0].startswith("*") and not words[4][0].startswith("*")
    return Cron(minutes, hours, days, months, weekdays, either_day)


def _read_field(field: _Field, text: str, start: int) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        values.update(_read_part(field, part, start))
        start += len(part) + 1
    return frozenset(values)


def _read_part(field: _Field, part: str, start: int) -> range:
    """`*`, `5`, `1-5`, each perhaps with a step."""
    spread, slash, step_text = part.partition("/")
    if slash and not (step_text.isdecimal() and step_text.isascii() and int(step_text[:4]) > 0):
        raise _bad(f"`{part}` has no step after the slash", start, part, "a step is a number from 1, as in */5")
    step = int(step_text[:4]) if slash else 1
    if spread == "*":
        return range(field.low, field.high + 1, step)
    first_text, dash, last_text = spread.partition("-")
    first = _read_value(field, first_text, part, start)
    if not dash:
        return range(first, field.high + 1, step) if slash else range(first, first + 1)
    last = _read_value(field, last_text, part, start)
    if last < first:
        hint = f"write it as two ranges: {first}-{field.high},{field.low}-{last}"
        raise _bad(f"the range `{spread}` runs backwards", start, part, hint)
    return range(first, last + 1, step)


def _read_value(field: _Field, text: str, part: str, start: int) -> int:
    word = field.words.get(text.lower())
    if word is not None:
        return word
    if not (text.isdecimal() and text.isascii()):
        special = any(letter in part for letter in "LW#R?")
        hint = "L, W, #, R and ? are not part of this language" if special else None
        raise _bad(f"`{part}` is no {field.name}", start, part, hint)
    value = int(text[:4])
    if not field.low <= value <= field.high:
        hint = "Sunday is 0" if field.words is _WEEKDAYS and value == 7 else None
        raise _bad(f"the {field.name} goes from {field.low} to {field.high}, not `{text}`", start, part, hint)
    return value


def _bad(message: str, start: int, part: str, hint: str | None) -> _BadCronError:
    return _BadCronError(CronProblem(message, start, start + len(part), hint))
