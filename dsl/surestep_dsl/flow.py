"""Flow control, retries and triggers of a function: plain options, shared by the spec, generated code and the runtime.

Durations are whole milliseconds. Expressions are kept as their source text; `surestep_dsl.expr` parses them.
Ranges are checked where specs are parsed; these classes only carry values.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

__all__ = [
    "DEFAULT_BACKOFF",
    "DEFAULT_RETRIES",
    "Backoff",
    "BatchEvents",
    "CancelOn",
    "CatchUp",
    "Checkpointing",
    "Concurrency",
    "CronTrigger",
    "Debounce",
    "EventTrigger",
    "FunctionOptions",
    "Lookback",
    "RateLimit",
    "Retries",
    "Singleton",
    "SingletonMode",
    "Throttle",
    "Timeouts",
    "Trigger",
]


class CatchUp(StrEnum):
    """What a cron trigger does about occurrences missed while no engine ran."""

    NONE = "none"
    LAST = "last"


class SingletonMode(StrEnum):
    """Which of two runs with one key gives way."""

    SKIP = "skip"
    CANCEL = "cancel"


class Lookback(StrEnum):
    """Which events that arrived before a wait began can answer it: none, or those since the run began."""

    NONE = "none"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """Start on an event; `event` is a name or a pattern such as `order/*`."""

    event: str
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class CronTrigger:
    """Start on a schedule: five cron fields in a time zone of the tz database."""

    cron: str
    timezone: str = "UTC"
    jitter_ms: int | None = None
    catch_up: CatchUp = CatchUp.NONE


Trigger: TypeAlias = EventTrigger | CronTrigger


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delay before retry k: `initial * factor**(k-1)`, at most `max`, plus uniform jitter."""

    initial_ms: int
    factor: float = 2.0
    max_ms: int = 7_200_000
    jitter_ms: int = 30_000


DEFAULT_BACKOFF: Final[None] = None
"""No backoff stated: the table of `surestep.core.retry` (15 s, 30 s, 1 m ... 2 h, jitter up to 30 s)."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a failed step or segment is tried again after its first attempt."""

    limit: int = 4
    backoff: Backoff | None = DEFAULT_BACKOFF


DEFAULT_RETRIES: Final = Retries()


@dataclass(frozen=True, slots=True)
class Concurrency:
    """At most `limit` at once per key."""

    limit: int
    key: str | None = None
    scope: Literal["function", "app"] = "function"
    per: Literal["step", "run"] = "step"


@dataclass(frozen=True, slots=True)
class Throttle:
    """Starts spaced at `period / limit`, `burst` at once after a quiet time (0 is 1); the excess waits."""

    limit: int
    period_ms: int
    burst: int = 1
    key: str | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` runs in any window of `period`; the excess is dropped."""

    limit: int
    period_ms: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Debounce:
    """One run `period` after the last event of a key, at most `timeout` after the first."""

    period_ms: int
    key: str | None = None
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Singleton:
    """One live run per key."""

    mode: SingletonMode
    key: str | None = None


@dataclass(frozen=True, slots=True)
class BatchEvents:
    """One run for up to `max_size` events, or at `timeout` after the first."""

    max_size: int
    timeout_ms: int
    key: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class CancelOn:
    """Cancel a run when an event arrives; at most one of `match` (`data.a.b`) and `condition` is set."""

    event: str
    match: str | None = None
    condition: str | None = None
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Timeouts:
    """`start`: creation to first turn; `finish`: first turn to end. Both cancel."""

    start_ms: int | None = None
    finish_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Checkpointing:
    """Trade the durability of the last steps for speed."""

    max_runtime_ms: int | None = None
    buffered_steps: int | None = None
    max_interval_ms: int | None = None


@dataclass(frozen=True, slots=True)
class FunctionOptions:
    """Everything about a function that an engine needs and that is not a type.

    Attributes:
        id: stable id within the app.
        emits: names of the events it may send; None means unknown.
        on_failure: it has a failure handler.
        on_cancel: it has a cancel handler.
        job: id of the job it belongs to: the engine then fills in log ids and tells how each run ended. Stated by
            generated code; in a project, `Project.jobs` tells.
    """

    id: str
    name: str = ""
    description: str = ""
    triggers: tuple[Trigger, ...] = ()
    retries: Retries = DEFAULT_RETRIES
    idempotency: str | None = None
    concurrency: tuple[Concurrency, ...] = ()
    throttle: Throttle | None = None
    rate_limit: RateLimit | None = None
    debounce: Debounce | None = None
    priority: str | None = None
    singleton: Singleton | None = None
    batch_events: BatchEvents | None = None
    cancel_on: tuple[CancelOn, ...] = ()
    timeouts: Timeouts | None = None
    checkpointing: Checkpointing | None = None
    emits: tuple[str, ...] | None = None
    on_failure: bool = False
    on_cancel: bool = False
    job: str | None = None
