"""Replays a recorded run against today's handlers and says whether it would still do the same. Writes nothing.

A run may be in any state. Of one that has ended, the end is compared, too; one that is under way must ask for all that
it asked for, and wait for what it waits for. What the handler would do beyond its history is no disagreement.
"""

import functools
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import pydantic_core
from typing_extensions import override

from surestep.authoring.context import RunLogger
from surestep.authoring.declared import make_step
from surestep.authoring.function import Handler
from surestep.authoring.registry import BoundFunction, Registry
from surestep.core.commands import Command, StepKey
from surestep.core.divergence import Diverged, describe_divergence
from surestep.core.failures import info_of
from surestep.core.history import History, Identity, history_of
from surestep.core.lenient import LenientTurn
from surestep.core.pending import Desk, Pending
from surestep.core.records import Record, RunCompleted, RunFailed
from surestep.core.state import RunState, evolve
from surestep.core.turn import Raised, Resume, Returned, Suspended, Turn, TurnOutcome
from surestep.core.values import codec_of_type
from surestep.engines.contexts import make_context
from surestep.engines.interrupts import reraise_interrupt
from surestep.engines.roles import find_handler
from surestep.errors import ErrorInfo, NonDeterminismError, StepResultError
from surestep.limits import STEPS_PER_RUN_MAX
from surestep.storage.port import StoredRun

__all__ = ["App", "Replayed", "Verdict", "replay_in_order", "replay_run"]

_BY_ENGINE: Final = frozenset({"LimitError", "NestedStepError"})
"""What a run is failed with whatever its handler does: limits, and a step inside a step's body."""


class Verdict(StrEnum):
    """What a replay came to."""

    AGREES = "agrees"
    DIVERGED = "diverged"  # the handler asks for something else than history has
    ENDED_OTHERWISE = "ended otherwise"  # another result or error, or an end where history waits
    UNKNOWN_FUNCTION = "unknown function"  # the app does not have it any more


@dataclass(frozen=True, slots=True)
class App:
    """Whose handlers are asked; `resume` runs their code, watched or not."""

    registry: Registry
    functions: Mapping[str, BoundFunction]
    resume: Resume


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay went.

    Attributes:
        message: what history has and what the handler does, for all verdicts but AGREES.
        asked: everything the handler asked, by position.
        end: how it ended, in words.
        pendings: the steps it made.
    """

    verdict: Verdict
    message: str = ""
    asked: tuple[Identity, ...] = ()
    end: str = ""
    pendings: Mapping[StepKey, Pending[object]] = field(default_factory=dict)


class _RecordingDesk(Desk):
    """Keeps what the handler makes."""

    def __init__(self, changes: dict[str, bool]) -> None:
        super().__init__(STEPS_PER_RUN_MAX, changes)  # it did not make more than it might
        self.pendings: dict[StepKey, Pending[object]] = {}

    @override
    def make(self, command: Command, decode: Any) -> Pending[Any]:
        pending = super().make(command, decode)
        self.pendings[command.key] = pending
        return pending


def replay_run(app: App, stored: StoredRun) -> Replayed:
    """Replay a run."""
    handler = find_handler(app.functions, stored.row.function_id)
    if handler is None:
        message = f"there is no function {stored.row.function_id} in this app"
        return Replayed(Verdict.UNKNOWN_FUNCTION, _placed(stored, f"  {message}"))
    past = history_of(stored.records)
    state = functools.reduce(evolve, stored.records, RunState())
    desk = _RecordingDesk(dict.fromkeys(past.changes, True))
    turn = Turn(desk, _starting(app, handler, stored, past, desk), state.started_at_ms or 0, app.resume)
    outcome = turn.replay(past)
    end = _end_in_words(handler, outcome)
    turn.close()
    verdict, message = _judge(stored, past, outcome, end)
    return Replayed(verdict, message, turn.asked, end, desk.pendings)


def replay_in_order(app: App, stored: StoredRun, *, latest_first: bool) -> Replayed | None:
    """Replay a run as if parallel steps had finished in another order, all at one instant; nothing is compared.

    None where the order may matter: in races, and where parallel branches use one step id.
    """
    handler = find_handler(app.functions, stored.row.function_id)
    past = history_of(stored.records)
    if handler is None or past.dropped or any(identity.key.occurrence for identity in past.recorded.values()):
        return None
    started_at_ms = functools.reduce(evolve, stored.records, RunState()).started_at_ms or 0
    memos = [replace(memo, at_ms=started_at_ms) for memo in past.memos]
    desk = _RecordingDesk(dict.fromkeys(past.changes, True))
    start = _starting(app, handler, stored, past, desk)
    turn = LenientTurn(desk, start, started_at_ms, app.resume, reversed(memos) if latest_first else memos)
    end = _end_in_words(handler, turn.replay(History({}, (), 1, past.failures)))
    turn.close()
    return Replayed(Verdict.AGREES, "", turn.asked, end, desk.pendings)


def _starting(
    app: App, handler: Handler, stored: StoredRun, past: History, desk: Desk
) -> Callable[[Turn], Coroutine[Any, Any, object]]:
    """Makes the handler's coroutine; what it logs was logged when it ran."""

    def start(turn: Turn) -> Coroutine[Any, Any, object]:
        context = make_context(app.registry, handler, stored.row, stored.events, turn, past.failures)
        silent = RunLogger(context.logger.logger, context.logger.extra or {}, lambda: True)
        return handler.call(replace(context, logger=silent), make_step(handler.function, desk))

    return start


def _judge(stored: StoredRun, past: History, outcome: TurnOutcome, end: str) -> tuple[Verdict, str]:
    if isinstance(outcome, Diverged):
        return Verdict.DIVERGED, describe_divergence(outcome, stored.row.run_id, stored.row.function_id)
    if isinstance(outcome, Raised) and isinstance(outcome.error, NonDeterminismError):
        return Verdict.DIVERGED, _placed(stored, f"  handler: {outcome.error}")
    expected = _recorded_end(stored.records, past, outcome)
    if expected is None or expected == end:
        return Verdict.AGREES, ""
    hint = "  hint: the code behind the last step was changed, or it does something different each time"
    return Verdict.ENDED_OTHERWISE, _placed(stored, f"  history: {expected}\n  handler: {end}\n{hint}")


def _recorded_end(records: Sequence[Record], past: History, outcome: TurnOutcome) -> str | None:
    """How the handler ended, in words; None where history does not tell."""
    match records[-1] if records else None:
        case RunCompleted(value=value):
            return _returned(value)
        case RunFailed(error=error):
            return None if error.name in _BY_ENGINE else _raised(error)
        case _:
            return None if isinstance(outcome, Suspended) else _recorded_wait(records, past, outcome)


def _recorded_wait(records: Sequence[Record], past: History, outcome: TurnOutcome) -> str | None:
    """What a run waits for whose handler ends now; None where it may: where its last stretch is to be tried again."""
    if past.lived <= len(past.memos):
        return None
    waits = [f'{step.kind} "{key}"' for key, step in functools.reduce(evolve, records, RunState()).open_steps.items()]
    if isinstance(outcome, Returned) and not waits:
        return None
    return f"it waits for {', '.join(waits) or 'what is to be asked next'}"


def _end_in_words(handler: Handler, outcome: TurnOutcome) -> str:
    match outcome:
        case Returned(value):
            annotation = handler.function.result_type if handler.role == "handler" else None
            try:
                return _returned(codec_of_type(annotation).encode(value, f"function {handler.function.id}"))
            except StepResultError as error:
                return _raised(info_of(error))
        case Raised(error):
            reraise_interrupt(error)
            return _raised(info_of(error))
        case Suspended(asked):
            waits = ", ".join(f'{one.command.kind} "{one.command.key}"' for one in asked)
            return f"it waits for {waits or 'steps that it asked before'}"
        case Diverged():
            return "it was stopped where it disagrees with history"


def _returned(value: bytes) -> str:
    return f"it returned {json.dumps(pydantic_core.from_json(value), ensure_ascii=False, sort_keys=True)}"


def _raised(error: ErrorInfo) -> str:
    return f"it raised {error.name}: {error.message}"


def _placed(stored: StoredRun, what: str) -> str:
    return f"in run {stored.row.run_id} (function {stored.row.function_id})\n{what}"
