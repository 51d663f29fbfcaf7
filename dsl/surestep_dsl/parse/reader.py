"""Reads mappings with a closed set of keys, and collects what is wrong with them.

Every method answers with a usable value or None and never raises, so one mistake does not hide the next.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic, Related, Span
from surestep_dsl.duration import DURATION_HINT, parse_duration
from surestep_dsl.limits import MAX_APP_OR_FUNCTION_ID_CHARACTERS, MAX_FILE_PROBLEMS
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from surestep_dsl.scalars import read_integer, read_number

__all__ = ["Findings", "KeyReader", "Use", "UseKind", "before_broken", "describe", "is_id"]

_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_SYNONYMS: Final = {
    "minimum": "min", "maximum": "max", "exclusiveminimum": "exclusive_min", "exclusivemaximum": "exclusive_max",
    "regex": "pattern", "properties": "fields", "title": "description", "example": "examples",
    "payload": "data", "schema": "data", "on": "event", "schedule": "cron", "tz": "timezone",
    "when": "if", "condition": "if", "filter": "if", "expression": "if", "retry": "retries", "attempts": "retries",
    "batch": "batch_events", "cancel": "cancel_on", "window": "period", "interval": "period", "max": "limit",
}  # fmt: skip
"""What other tools call a key of ours; spelt without underscores."""
_Item = TypeVar("_Item")
_Choice = TypeVar("_Choice", bound=StrEnum)


class UseKind(StrEnum):
    """What a name is used as; decides where it is looked up."""

    TYPE = "type"
    OBJECT_TYPE = "object type"
    TRIGGER = "trigger"
    CANCEL = "cancel_on"
    EMIT = "emits"
    SEND = "send"
    WAIT = "wait_for_event"
    INVOKE = "invoke"


@dataclass(frozen=True, slots=True)
class Use:
    """A name that must be declared somewhere, `start` characters into a text; `resolve` looks it up."""

    kind: UseKind
    name: str
    node: ScalarNode
    start: int

    @property
    def span(self) -> Span:
        """Where the name stands."""
        return self.node.span_at(self.start, self.start + len(self.name))


class Findings:
    """What reading one file brings to light besides declarations: mistakes, and names to look up."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.uses: list[Use] = []

    def add(self, code: str, message: str, span: Span, hint: str | None = None, *related: Related) -> None:
        """Note one finding; of too many the rest is not worth reading."""
        if len(self.diagnostics) < MAX_FILE_PROBLEMS:
            self.diagnostics.append(find(code, message, span, hint, *related))
        elif len(self.diagnostics) == MAX_FILE_PROBLEMS:
            self.diagnostics.append(find("S018", f"{MAX_FILE_PROBLEMS:,} problems, the rest is left out", span))

    def use(self, kind: UseKind, name: str, node: ScalarNode, start: int = 0) -> None:
        """Note that a name is used."""
        self.uses.append(Use(kind, name, node, start))


def is_id(text: str) -> bool:
    """Whether `text` may be the id of an app, a function or a step."""
    return len(text) <= MAX_APP_OR_FUNCTION_ID_CHARACTERS and _ID.fullmatch(text) is not None


def before_broken(items: Sequence[_Item | None]) -> tuple[_Item, ...]:
    """The items before the first that could not be read; later ones would not stand at their index in the file."""
    kept: list[_Item] = []
    for item in items:
        if item is None:
            break
        kept.append(item)
    return tuple(kept)


def describe(node: Node) -> str:
    """What a node is, for messages."""
    match node:
        case MappingNode():
            return "a mapping"
        case SequenceNode():
            return "a list"
        case ScalarNode():
            quote = node.style.value if node.style in (Style.SINGLE, Style.DOUBLE) else ""
            return "nothing" if node.is_empty else f"`{quote}{node.text[:40]}{quote}`"


class KeyReader:
    """One mapping: `KeyReader(node, "throttle", ("limit", "period"), findings)`.

    Args:
        node: the mapping; anything else is reported and read as an empty one. Nothing at all is an empty one too.
        what: how messages call it.
        keys: all keys it may have; others are reported with the nearest.
        where: the span to point at when a key is missing.
        hint: how it is written; for another kind of value, and for a key that is near none.
    """

    def __init__(
        self,
        node: Node,
        what: str,
        keys: Sequence[str],
        findings: Findings,
        *,
        where: Span | None = None,
        hint: str | None = None,
    ) -> None:
        self.findings = findings
        self.what = what
        self.where = where or node.span
        self.entries: dict[str, Entry] = {}
        if isinstance(node, MappingNode):
            self._keep_known(node.entries, keys, hint)
        elif not (isinstance(node, ScalarNode) and node.is_empty):
            findings.add("S103", f"{what} must be a mapping, not {describe(node)}", node.span, hint)

    def _keep_known(self, entries: Iterable[Entry], keys: Sequence[str], hint: str | None) -> None:
        otherwise = hint or f"it may have {', '.join(keys)}"
        for entry in entries:
            if entry.key.text in keys:
                self.entries[entry.key.text] = entry
            else:
                self._report_unknown(entry.key, keys, otherwise)

    def _report_unknown(self, key: ScalarNode, keys: Sequence[str], otherwise: str) -> None:
        synonym = _SYNONYMS.get(key.text.lower().replace("_", ""))
        hint = f"did you mean `{synonym}`?" if synonym in keys else did_you_mean(key.text, keys, otherwise)
        self.findings.add("S101", f"{self.what} has no key `{key.text}`", key.span, hint)

    def has(self, key: str) -> bool:
        """Whether the key is written, with a value or without."""
        return key in self.entries

    def key_span(self, key: str) -> Span:
        """Where the key stands; the whole mapping's place for one that is not written."""
        return self.entries[key].key.span if key in self.entries else self.where

    def optional(self, key: str) -> Node | None:
        """The value of a key; a key without a value is reported."""
        if key not in self.entries:
            return None
        value = self.entries[key].value
        if isinstance(value, ScalarNode) and value.is_empty:
            self.findings.add("S104", f"`{key}` has no value", self.key_span(key), "write one, or remove the key")
            return None
        return value

    def required(self, key: str, hint: str | None = None) -> Node | None:
        """The value of a key that must be there."""
        if key not in self.entries:
            self.findings.add("S102", f"{self.what} needs `{key}`", self.where, hint)
        return self.optional(key)

    def scalar(self, key: str, *, required: bool = False) -> ScalarNode | None:
        """The value of a key that wants a text; anything plain counts by its source text."""
        value = self.required(key) if required else self.optional(key)
        if value is None or isinstance(value, ScalarNode):
            return value
        hint = "text that begins with { or [ must stand in quotes"
        self.findings.add("S103", f"`{key}` must be a text, not {describe(value)}", value.span, hint)
        return None

    def text(self, key: str, *, required: bool = False) -> str | None:
        """The text of a key."""
        scalar = self.scalar(key, required=required)
        return None if scalar is None else scalar.text

    def description(self) -> str:
        """The text of `description`; empty where there is none."""
        return self.text("description") or ""

    def boolean(self, key: str) -> bool:
        """True only where the key says so."""
        value = self.optional(key)
        if value is None:
            return False
        if isinstance(value, ScalarNode) and value.style is Style.PLAIN and value.text in ("true", "false"):
            return value.text == "true"
        self.findings.add("S107", f"`{key}` must be true or false, not {describe(value)}", value.span)
        return False

    def integer(self, key: str, low: int, high: int | None, *, required: bool = False) -> int | None:
        """A whole number from `low` to `high` (None: no end)."""
        value = self.required(key) if required else self.optional(key)
        return None if value is None else self.integer_of(value, key, low, high)

    def integer_of(self, value: Node, what: str, low: int, high: int | None) -> int | None:
        """A node as a whole number in a range."""
        number = read_integer(value.text) if isinstance(value, ScalarNode) and value.style is Style.PLAIN else None
        if number is None:
            is_quoted = isinstance(value, ScalarNode) and read_integer(value.text) is not None
            hint = "remove the quotes" if is_quoted else None
            self.findings.add("S106", f"`{what}` must be a whole number, not {describe(value)}", value.span, hint)
        elif number < low or (high is not None and number > high):
            allowed = f"{low} or more" if high is None else f"from {low:,} to {high:,}"
            hint = "leave the key out where nothing shall be limited" if number == 0 == low - 1 else None
            self.findings.add("S105", f"`{what}` must be {allowed}, not {describe(value)}", value.span, hint)
            return None
        return number

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`."""
        value = self.optional(key)
        if value is None:
            return None
        number = read_number(value.text) if isinstance(value, ScalarNode) and value.style is Style.PLAIN else None
        if number is None or not low <= number <= high:
            message = f"`{key}` must be a number from {low:g} to {high:g}, not {describe(value)}"
            self.findings.add("S105", message, value.span)
            return None
        return float(number)

    def duration(self, key: str, low: str, high: str, *, required: bool = False) -> int | None:
        """Milliseconds of a duration from `low` to `high`, both written as durations."""
        value = self.scalar(key, required=required)
        if value is None:
            return None
        milliseconds = parse_duration(value.text)
        if milliseconds is None:
            self.findings.add("S108", f"`{value.text[:40]}` is not a duration", value.span, _duration_hint(value.text))
            return None
        if not (parse_duration(low) or 0) <= milliseconds <= (parse_duration(high) or 0):
            message = f"`{key}` must be from {low} to {high}, not {describe(value)}"
            self.findings.add("S109", message, value.span)
            return None
        return milliseconds

    def choice(self, key: str, words: type[_Choice], *, required: bool = False) -> _Choice | None:
        """One of the words of an enum."""
        value = self.scalar(key, required=required)
        if value is None:
            return None
        if value.text in list(words):
            return words(value.text)
        allowed = " or ".join(f"`{word}`" for word in words)
        hint = did_you_mean(value.text, list(words))
        self.findings.add("S110", f"`{key}` must be {allowed}, not {describe(value)}", value.span, hint)
        return None

    def items(self, key: str, *, single: bool = False) -> list[Node]:
        """The items of a list; with `single`, anything else counts as a list of one."""
        value = self.optional(key)
        if value is None:
            return []
        if isinstance(value, SequenceNode):
            return list(value.items)
        if single:
            return [value]
        self.findings.add("S103", f"`{key}` must be a list, not {describe(value)}", value.span, "write [a, b]")
        return []

    def mapping(self, key: str) -> tuple[Entry, ...]:
        """The entries of a mapping."""
        value = self.optional(key)
        if isinstance(value, MappingNode):
            return value.entries
        if value is not None:
            self.findings.add("S103", f"`{key}` must be a mapping, not {describe(value)}", value.span)
        return ()


def _duration_hint(text: str) -> str:
    if text.isdigit():
        return f"write the unit: {text}s, {text}m or {text}ms"
    compact = text.lower().replace(" ", "")
    for long, short in (("milliseconds", "ms"), ("seconds", "s"), ("minutes", "m"), ("hours", "h"), ("days", "d")):
        compact = compact.replace(long, short).replace(long[:-1], short)
    compact = compact.replace("sec", "s").replace("mins", "m").replace("min", "m")
    return f"did you mean `{compact}`?" if parse_duration(compact) is not None else DURATION_HINT
