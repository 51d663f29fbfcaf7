"""What a handler knows about its run: `ctx`."""

import logging
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import Any, Generic, Literal
from uuid import UUID

from typing_extensions import TypeVar, override

from surestep.authoring.events import Event
from surestep.authoring.system import FunctionCancelled, FunctionFailed
from surestep.core.pending import current_body
from surestep.errors import ErrorInfo

__all__ = ["Chance", "Context", "FailureContext", "RunLogger", "TriggeredBy"]

EventT_co = TypeVar("EventT_co", bound=Event, covariant=True, default=Event)

TriggeredBy = Literal["event", "cron", "invoke", "failure", "cancel"]


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """Logs each line once, however often the handler is replayed. What a step's body logs is never a replay."""

    def __init__(self, logger: logging.Logger, extra: Mapping[str, object], replaying: Callable[[], bool]) -> None:
        super().__init__(logger, extra)
        self._replaying = replaying

    @override
    def isEnabledFor(self, level: int) -> bool:
        return (current_body.get() is not None or not self._replaying()) and super().isEnabledFor(level)

    @override
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        return f"[{(self.extra or {}).get('run_id')}] {msg}", kwargs


class Chance:
    """A run's own chance: the same draws on every replay. Made when first drawn from, as few handlers draw."""

    __slots__ = ("_random", "_seed")

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._random: Random | None = None

    def draws(self) -> Random:
        """The generator, seeded with the run's id."""
        if self._random is None:
            self._random = Random(self._seed)  # noqa: S311 -- must repeat on replay, so it cannot be secret
        return self._random


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Generic[EventT_co]):
    """The run as its handler sees it. All of it is the same on every replay.

    Attributes:
        event: the trigger; a union where the function has several, told apart by `event.name`.
        events: all events of a batch, in order of arrival; otherwise just `event`.
        run_id: the run's id, a ULID.
        triggered_by: what started the run.
        logger: logs each line once, whatever is replayed.
    """

    event: EventT_co
    events: Sequence[EventT_co]
    run_id: str
    triggered_by: TriggeredBy
    logger: RunLogger
    now_ms: Callable[[], int]
    segment_attempt: Callable[[], int]
    chance: Chance

    @property
    def attempt(self) -> int:
        """0-based attempt: of the step in a step's body, of the code since the last step elsewhere."""
        body = current_body.get()
        return self.segment_attempt() if body is None else body.attempt

    def now(self) -> datetime:
        """The time of the latest finished step (the run's start before the first), in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def random(self) -> float:
        """A number in [0, 1), drawn from a generator seeded with the run's id; in a step's body, any number."""
        return self._source().random()

    def uuid(self) -> UUID:
        """A version 4 UUID drawn from the run's own generator; in a step's body, any."""
        return UUID(int=self._source().getrandbits(128), version=4)

    def _source(self) -> Random:
        """A body is not run again on replay, so it must not take the handler's draws."""
        return self.chance.draws() if current_body.get() is None else SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureContext(Context[EventT_co]):
    """What the handler of a failure or a cancellation knows.

    Attributes:
        event: the trigger of the run that failed or was cancelled.
        error: why; the name of a cancellation is `RunCancelled`.
        failed: the system event that started this run, with the id of the run that ended.
    """

    error: ErrorInfo
    failed: FunctionFailed | FunctionCancelled
