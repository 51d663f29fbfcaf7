"""One run in memory: its state, its live handler, and the checkpoint it is working towards.

Everything here is synchronous and writes nothing. An execution takes inputs, lets the handler go as far as it can,
and gathers in a draft what has to be committed together. The handler may run ahead of the disk, because nothing it
asks for is carried out before the draft is committed; if that fails for good, the execution is thrown away.
"""

import functools
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

from surestep.authoring.declared import make_step
from surestep.authoring.function import Handler
from surestep.core.asked import Asked
from surestep.core.code_version import code_version_of
from surestep.core.commands import Invoke, RunBody, SendEvents, StepKey, WaitForEvent
from surestep.core.decisions import Decision, Moment, RunLimits
from surestep.core.divergence import Diverged, describe_divergence
from surestep.core.failures import BodyFailed, caused_by_step, failure_of, info_of
from surestep.core.history import Memo, history_of, memo_of
from surestep.core.inputs import (
    BodyEnded,
    CommandRefused,
    EventsSent,
    Input,
    Invoked,
    RunBegan,
    TurnAsked,
    TurnDiverged,
    TurnPassed,
    TurnRaised,
)
from surestep.core.machine import decide
from surestep.core.pending import Desk
from surestep.core.records import ENDED, Record, RunBlocked, RunStatus, SegmentFailed, StepDropped
from surestep.core.signals import TimerPurpose
from surestep.core.state import RunState, evolve
from surestep.core.turn import Raised, Returned, Suspended, Turn, TurnOutcome
from surestep.engines.clock import Clock, Entropy
from surestep.engines.contexts import make_context
from surestep.engines.determinism import Determinism
from surestep.engines.draft import Draft
from surestep.engines.endings import Ending, attempts_after, input_of_result, plan_end_events, plan_reply
from surestep.engines.intake import Intake, step_waiter
from surestep.engines.interrupts import reraise_interrupt
from surestep.engines.replaying import App
from surestep.errors import ErrorInfo, EventRejectedError, NonDeterminismError
from surestep.storage.port import NewTimer, NewWaiter, Parent, StoredRun
from surestep_dsl.flow import Checkpointing, Retries, Timeouts

__all__ = ["Execution", "Tools"]

_logger = logging.getLogger("surestep.engine")

_NEW: Final = RunState()


@dataclass(frozen=True, slots=True)
class Tools:
    """What all runs of an engine share."""

    app: App
    intake: Intake
    clock: Clock
    entropy: Entropy
    determinism: Determinism
    limits: RunLimits


class Execution:
    """A run being carried on.

    Attributes:
        state: folded from everything taken so far, committed or not.
        draft: what the next checkpoint will hold.
        to_start: step bodies to start once the draft is committed.
    """

    def __init__(self, tools: Tools, handler: Handler, stored: StoredRun) -> None:
        self.row = stored.row
        self.state = functools.reduce(evolve, stored.records, _NEW)
        self._attempts = functools.reduce(lambda last, record: attempts_after(record, last), stored.records, 1)
        self.draft = Draft(stored.row.run_id, self.state.seq)
        self.to_start: list[Asked] = []
        self._tools = tools
        self._handler = handler
        self._retries = handler.function.options.retries if handler.role == "handler" else Retries(0)
        self._events = stored.events
        self._history: tuple[Record, ...] | None = stored.records
        self._turn: Turn | None = None
        self._turn_due = stored.row.status in {RunStatus.QUEUED, RunStatus.RUNNING}  # new, or interrupted by a crash
        self._offers_again = False
        self._memos: list[Memo] = []
        self._asked_bodies: dict[StepKey, Asked] = {}

    def needs_history(self) -> bool:
        """The handler has to be replayed and the history is not at hand: make a new execution from the store."""
        return self._turn is None and self._history is None

    def is_due(self) -> bool:
        """The handler has something to go on with, and does not rest after a failure."""
        if not (self._memos or self._turn_due) or self.state.end is not None:
            return False
        rests_until_ms = self.state.segment_due_at_ms
        return rests_until_ms == 0 or rests_until_ms <= self._tools.clock.now_ms()

    @property
    def checkpointing(self) -> Checkpointing | None:
        """How long results of plain steps may stay uncommitted; None for not at all."""
        return self._handler.function.options.checkpointing if self._handler.role == "handler" else None

    def failed_attempts(self, key: StepKey) -> int:
        """How often the body of an open step has failed."""
        step = self.state.open_steps.get(key)
        return 0 if step is None else step.failed_attempts

    def committed(self) -> None:
        """The draft is safely stored: begin the next one."""
        self.draft = Draft(self.row.run_id, self.state.seq)

    def take(self, happened: Input) -> None:
        """Decide about an input and take the consequences."""
        tools = self._tools
        moment = Moment(tools.clock.now_ms(), tools.entropy.uniform(), tools.limits)
        if self.to_start and isinstance(happened, BodyEnded):
            # A retry timer that fired meanwhile asked for the attempt that has ended.
            self.to_start = [one for one in self.to_start if one.command.key != happened.asked.command.key]
        decision = decide(self.state, happened, self._retries, moment)
        for record in decision.records:
            self._append(record)
        self._prepare(decision)
        for asked in decision.commands:
            self.take(self._perform(asked, moment.now_ms))

    def go_on(self) -> None:
        """Let the handler go as far as it can."""
        if self.state.started_at_ms is None and self.is_due():
            self._begin()
        while self.is_due():
            turn, outcome = self._advance()
            passed = turn.take_passed()
            if passed is not None and isinstance(outcome, Suspended | Returned):  # others are replayed or have failed
                self.take(TurnPassed(*passed))
            self.take(self._as_input(turn, outcome))
            if self._offers_again:
                self._offer_again(turn)
        if self.state.end is not None:
            self.to_start.clear()
        elif self._memos or self._turn_due:  # the timer that ends the rest may have fired before the clock was put back
            self.draft.timers += (NewTimer(self.row.run_id, TimerPurpose.SEGMENT, self.state.segment_due_at_ms),)

    def close(self) -> None:
        """Give the live handler up; a later execution replays it."""
        if self._turn is not None:
            violation = self._turn.close()
            self._turn = None
            if violation is not None:
                message = "R300 while the waiting handler of run %s was put aside: %s"
                _logger.warning(message, self.row.run_id, violation)

    def _begin(self) -> None:
        timeouts = (self._handler.function.options.timeouts if self._handler.role == "handler" else None) or Timeouts()
        # After a crash, a start that was in time must not be found to be too late.
        self.draft.is_urgent = timeouts.start_ms is not None
        self.take(RunBegan(code_version_of(self._handler.call), timeouts.finish_ms))

    def _append(self, record: Record) -> None:
        self.state = evolve(self.state, record)
        self._attempts = attempts_after(record, self._attempts)
        self.draft.add(record)
        memo = memo_of(record)
        if memo is not None:
            self._memos.append(memo)
            self._asked_bodies.pop(memo.identity.key, None)
            if memo.identity.kind in {"wait_for_event", "invoke"}:
                self.draft.settled += (memo.identity.key,)
        elif isinstance(record, StepDropped):
            self._asked_bodies.pop(record.key, None)
            self.to_start = [one for one in self.to_start if one.command.key != record.key]
            self.draft.drop(record.key)
        elif isinstance(record, RunBlocked):
            _logger.error("R300 run %s is blocked until its code fits: %s", self.row.run_id, record.error.message)
        elif isinstance(record, SegmentFailed):
            # While the handler rests, no body is tried again: after a restart nobody would know how to.
            self._asked_bodies.clear()
            self.to_start = [one for one in self.to_start if one.command.key not in self.state.open_steps]
        if self.state.end is not None and self.state.end in ENDED:
            self._end(record)

    def _end(self, record: Record) -> None:
        self.close()
        ending = Ending(self.row, self._events, record, self._attempts)
        options = self._handler.function.options
        self.draft.replies += plan_reply(self.row, record)
        self.draft.events += tuple(plan_end_events(self._tools.intake, self._tools.app.registry.app, ending, options))

    def _prepare(self, decision: Decision) -> None:
        run_id = self.row.run_id
        for timer in decision.timers:
            self.draft.timers += (NewTimer(run_id, timer.purpose, timer.due_at_ms, timer.key),)
        for command in decision.waiters:
            self.draft.waiters += (self._waiter(command),)
        self.to_start.extend(decision.bodies)
        for key in decision.retries:
            asked = self._asked_bodies.get(key)
            if asked is None:
                self._turn_due = True  # evicted meanwhile, or at rest: the replayed handler asks for the body again
            else:
                self.to_start.append(asked)
        self._turn_due = self._turn_due or decision.turn_due
        self._offers_again = self._offers_again or decision.offers_again

    def _waiter(self, command: WaitForEvent) -> NewWaiter:
        consumed = tuple(self.state.consumed_events.values())
        return step_waiter(self.row.run_id, command, self._events[-1], consumed)

    def _offer_again(self, turn: Turn) -> None:
        """Let waits that look back do so once more."""
        self._offers_again = False
        for command in turn.waiting:
            if isinstance(command, WaitForEvent) and command.lookback == "run":
                self.draft.wait_again(self._waiter(command))

    def _perform(self, asked: Asked, now_ms: int) -> Input:
        """Sends and invokes have no body: they become part of the draft."""
        command = asked.command
        if isinstance(command, SendEvents):
            return self._send(asked, command, now_ms)
        assert isinstance(command, Invoke)  # noqa: S101 -- decide hands out no others
        tools = self._tools
        if command.function_id not in tools.app.functions:
            error = ErrorInfo("InvokeUnknownError", f"there is no function {command.function_id!r} in this app")
            return CommandRefused(asked, error, "InvokeUnknownError")
        parent = Parent(self.row.run_id, command.key)
        planned = tools.intake.plan_invocation(command.function_id, command.data, parent, now_ms)
        self.draft.events += (planned,)
        return Invoked(asked, planned.runs[0].run_id, command.timeout_ms)

    def _send(self, asked: Asked, command: SendEvents, now_ms: int) -> Input:
        emits = self._handler.function.options.emits
        for event in command.events:
            if emits is not None and event.name not in emits:
                error = ErrorInfo("EventRejectedError", f"{event.name} is not in `emits` of {self.row.function_id}")
                return CommandRefused(asked, error, "StepError")
        try:
            planned = self._tools.intake.plan_events(command.events, now_ms)
        except EventRejectedError as error:
            return CommandRefused(asked, info_of(error), "StepError")
        self.draft.events += tuple(planned)
        return EventsSent(asked, tuple(new.event.event_id for new in planned))

    def _advance(self) -> tuple[Turn, TurnOutcome]:
        memos, self._memos = self._memos, []
        self._turn_due = False
        if self._turn is None:
            return self._replay(memos)
        return self._turn, self._turn.advance(memos)

    def _replay(self, memos: list[Memo]) -> tuple[Turn, TurnOutcome]:
        """Build the handler anew, bring it to where history ends, and go on from there."""
        assert self._history is not None  # noqa: S101 -- the driver has seen to it
        past = history_of(self._history)
        self._asked_bodies.clear()
        desk = Desk(self._tools.limits.steps, dict.fromkeys(past.changes, True))
        start = functools.partial(self._start, desk, past.failures)
        tools, started_at_ms = self._tools, self.state.started_at_ms or 0
        turn = self._turn = tools.determinism.make_turn(self.row, desk, start, started_at_ms, tools.app.resume)
        self._history = None
        return turn, turn.replay(past, memos)

    def _start(self, desk: Desk, failures: Mapping[int, int], turn: Turn) -> Coroutine[Any, Any, object]:
        context = make_context(self._tools.app.registry, self._handler, self.row, self._events, turn, failures)
        return self._handler.call(context, make_step(self._handler.function, desk))

    def _as_input(self, turn: Turn, outcome: TurnOutcome) -> Input:
        match outcome:
            case Suspended(asked):
                for one in asked:
                    if isinstance(one.command, RunBody):
                        self._asked_bodies[one.command.key] = one
                return TurnAsked(asked)
            case Returned(value):
                self._turn = None
                return input_of_result(self._handler, value)
            case Raised(error):
                self._turn = None
                reraise_interrupt(error)
                if isinstance(error, NonDeterminismError):
                    return TurnDiverged(info_of(error), max(turn.lived, turn.stretch))
                failure = failure_of(error, self._tools.clock.now_ms())
                final = failure.final or caused_by_step(error)
                return TurnRaised(BodyFailed(failure.error, final, failure.retry_after_ms), turn.stretch)
            case Diverged():
                self._turn = None
                message = describe_divergence(outcome, self.row.run_id, self.row.function_id)
                return TurnDiverged(ErrorInfo("NonDeterminismError", message), turn.lived)
