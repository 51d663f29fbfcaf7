"""A turn drives a handler by hand, from a wake-up until it waits for something or ends.

There is no event loop underneath. A handler is a coroutine; so is every branch of a `gather`. Each is resumed with
`send` until it yields something it awaits:

- a `Pending` step: if its answer is known the coroutine goes on at once, otherwise the step is *asked* and the
  coroutine is parked under the step's key;
- a `Group`: its steps are asked and its coroutines become branches, which report to a `Join`; when a race has its
  first result, what is still under way below it is dropped and its branches are closed;
- anything else belongs to some other event loop: the run ends with ForeignAwaitError.

Memos are handed out one at a time, in the order in which the steps finished. So branches interleave on a replay
exactly as they did the first time, and every command must come at the position where history has it. When it does
not, the turn stops with `Diverged`; it never runs on.

The turn knows no clock, store or loop. Who carries out the commands is not its business: the same turn serves every
engine.
"""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeAlias

from surestep.core.answers import answer_of
from surestep.core.asked import Asked
from surestep.core.branches import Branch, Resume, Routine
from surestep.core.commands import Command, StepKey
from surestep.core.divergence import Diverged, describe_await
from surestep.core.history import History, Identity, Memo
from surestep.core.parallel import Parallel
from surestep.core.pending import Desk, Group, Pending, current_desk
from surestep.core.value import value
from surestep.errors import ForeignAwaitError, NonDeterminismError, StepNeverAwaitedError

__all__ = ["Raised", "Resume", "Returned", "Suspended", "Turn", "TurnOutcome"]


@value(frozen=True, slots=True)
class Suspended:
    """The handler waits. `asked` are the commands met in this advance and not answered in it, in order."""

    asked: tuple[Asked, ...]


@value(frozen=True, slots=True)
class Returned:
    """The handler returned."""

    value: object


@value(frozen=True, slots=True)
class Raised:
    """The handler raised."""

    error: BaseException


TurnOutcome: TypeAlias = Suspended | Returned | Raised | Diverged


def _resume(routine: Routine, value: object, error: BaseException | None) -> object:
    return routine.send(value) if error is None else routine.throw(error)


class Turn:
    """One handler being driven.

    Args:
        desk: where the handler's steps are numbered.
        start: makes the handler's coroutine.
        now_ms: what `ctx.now` tells until the first memo.
        resume: how handler code is resumed; a guard watches it meanwhile.

    Attributes:
        stretch: how many memos the handler has been given.
        lived: how many stretches it had lived through before.
    """

    def __init__(
        self,
        desk: Desk,
        start: Callable[["Turn"], Coroutine[Any, Any, object]],
        now_ms: int,
        resume: Resume = _resume,
    ) -> None:
        self.now_ms = now_ms
        self._resume_routine = resume
        self.stretch = 0
        self.lived = 0
        self._desk = desk
        self._start = start
        self._recorded: dict[int, Identity] = {}
        self._parallel = Parallel(desk, self._ask, self._drop, resume)
        self._asked: list[Asked] = []
        self._dropped: dict[StepKey, Asked] = {}
        self._losers: set[StepKey] = set()
        self._positions: list[Identity] = []
        self._end: Returned | Raised | Diverged | None = None

    @property
    def replaying(self) -> bool:
        """The handler has been here before, or is being given up: log lines are suppressed."""
        return self._desk.replaying

    @property
    def asked(self) -> tuple[Identity, ...]:
        """Everything that the handler has asked so far, by position."""
        return tuple(self._positions)

    @property
    def waiting(self) -> list[Command]:
        """What the handler waits for."""
        return [receivers[0][0].command for receivers in self._parallel.waiting.values()]

    def replay(self, past: History, fresh: Sequence[Memo] = ()) -> TurnOutcome:
        """Start the handler, bring it to where its history ends, and go as far as fresh answers reach."""
        token = current_desk.set(self._desk)
        try:
            return self._replay(past, fresh)
        finally:
            current_desk.reset(token)

    def _replay(self, past: History, fresh: Sequence[Memo]) -> TurnOutcome:
        self._recorded, self.lived = past.recorded, past.lived
        self._desk.replaying = self.lived > 0
        try:
            self._parallel.resume(Branch(self._start(self)))
        except (Exception, NonDeterminismError) as error:  # noqa: BLE001 -- a handler that cannot be called has failed
            self._end = Raised(error)
            return self._end
        self._run()
        for count, memo in enumerate(past.memos, 1):
            self._desk.replaying = count < self.lived
            self._hand_out(memo)
            self._run()
        self._desk.replaying = False
        self._check_all_recorded_met(past)
        for memo in fresh:
            self._hand_out(memo)
            self._run()
        return self._outcome()

    def advance(self, memos: Sequence[Memo]) -> TurnOutcome:
        """Go as far as `memos` reach: answers not yet handed out, in the order of finishing."""
        self._asked = []
        token = current_desk.set(self._desk)
        try:
            for memo in memos:
                self._hand_out(memo)
                self._run()
        finally:
            current_desk.reset(token)
        return self._outcome()

    def take_passed(self) -> tuple[tuple[Asked, ...], tuple[str, ...]] | None:
        """What has lost a race unanswered, and the version gates passed on the new path, since this was asked last."""
        if not (self._dropped or self._desk.new_changes):
            return None
        dropped, self._dropped = tuple(self._dropped.values()), {}
        changes, self._desk.new_changes = tuple(self._desk.new_changes), []
        return dropped, changes

    def close(self) -> NonDeterminismError | None:
        """Give the coroutines up; their `finally` blocks run, their steps lead nowhere.

        Returns:
            What these blocks may not do, if they have done it.
        """
        self._desk.replaying = True  # the handler did not get to its `finally` blocks by itself: they log nothing
        return self._parallel.close()

    def _outcome(self) -> TurnOutcome:
        if self._end is not None:
            violation = self.close()
            if violation is not None and isinstance(self._end, Returned):
                self._end = Raised(violation)
            return self._end
        waiting = self._parallel.waiting
        return Suspended(tuple([asked for asked in self._asked if asked.command.key in waiting]))

    def _hand_out(self, memo: Memo) -> None:
        """Pass an answer to those who wait for it; a handler that has ended wants no more answers."""
        if self._end is not None:
            return
        key = memo.identity.key
        receivers = self._parallel.waiting.pop(key, None)
        if receivers is None and key in self._losers:  # it ended, but not before it was dropped
            if not memo.holds_event:  # other waits may have that
                self._dropped.pop(key, None)
            receivers = []
        if receivers is None:
            found = self._positions[memo.position] if memo.position < len(self._positions) else None
            self._end = Diverged(memo.position, memo.identity, found)
            return
        self.now_ms = memo.at_ms
        self.stretch += 1
        for pending, receiver in receivers:
            try:
                pending.settled = pending.settled or answer_of(pending, memo)
            except Exception as error:  # noqa: BLE001 -- a type's own validators raise what they like
                self._end = Diverged(memo.position, memo.identity, memo.identity, reason=_misfit(error))
                return
            self._parallel.give(receiver, *pending.settled)
        if self._desk.violation is not None:
            self._end = Raised(self._desk.violation)

    def _run(self) -> None:
        """Resume branches until all of them wait or the handler has ended."""
        while self._parallel.ready and self._end is None:
            branch, value, error = self._parallel.ready.popleft()
            try:
                awaited = self._resume_routine(branch.coroutine, value, error)
            except StopIteration as stop:
                self._finish(branch, stop.value, None)
            except (NonDeterminismError, KeyboardInterrupt) as fatal:  # no branch may swallow it
                self._end = Raised(fatal)
            except BaseException as raised:  # noqa: BLE001 -- whatever the handler raises is the run's outcome
                self._finish(branch, None, raised)
            else:
                self._subscribe(awaited, branch)
            if self._desk.violation is not None:
                self._end = Raised(self._desk.violation)

    def _finish(self, branch: Branch, value: object, error: BaseException | None) -> None:
        self._parallel.forget(branch)
        if branch.receiver is not None:
            self._parallel.give(branch.receiver, value, error)
        elif error is not None:
            self._end = Raised(error)
        elif self._desk.unawaited:
            self._end = Raised(_never_awaited(self._desk.unawaited.values()))
        else:
            self._end = Returned(value)

    def _subscribe(self, awaited: object, branch: Branch) -> None:
        """Let a branch have the result of what it awaits."""
        if isinstance(awaited, Pending | Group):
            self._parallel.subscribe(awaited, branch)
        else:
            self._end = Raised(ForeignAwaitError(describe_await(awaited, branch.coroutine)))

    def _drop(self, pending: Pending[object]) -> None:
        key = pending.command.key
        newest_first = range(len(self._positions) - 1, -1, -1)
        position = next(at for at in newest_first if self._positions[at].key == key)
        self._losers.add(key)
        self._dropped[key] = Asked(position, pending.command)

    def _ask(self, pending: Pending[object]) -> None:
        command = pending.command
        if self._desk.unawaited.pop(command.key, None) is None:
            return  # asked before: a second await of the same step
        position = len(self._positions)
        identity = Identity(command.kind, command.key, command.fingerprint)
        self._positions.append(identity)
        expected = self._recorded.get(position)
        if expected is not None and not expected.admits(identity) and self._end is None:
            self._disagree(Diverged(position, expected, identity))
        self._asked.append(Asked(position, command))

    def _check_all_recorded_met(self, past: History) -> None:
        if isinstance(self._end, Diverged) or self._is_violated:
            return  # what the guard has seen says more than what is missing because of it
        missing = [position for position in self._recorded if position >= len(self._positions)]
        if missing:
            first = min(missing)
            self._disagree(Diverged(first, self._recorded[first], None, self._end_in_words()))
            return
        for position in past.dropped:
            lost = self._recorded[position]
            if lost.key not in self._losers and self._end is None:
                reason = "goes on waiting for it, but it has lost a race"
                self._disagree(Diverged(position, lost, lost, reason=reason))

    @property
    def _is_violated(self) -> bool:
        return isinstance(self._end, Raised) and isinstance(self._end.error, NonDeterminismError)

    def _disagree(self, diverged: Diverged) -> None:
        """The handler asks for something else than history has."""
        self._end = diverged

    def _end_in_words(self) -> str:
        match self._end:
            case Raised(error):
                return f"it raised {type(error).__name__}: {error}"
            case Returned():
                return "it returned"
            case Diverged() | None:
                return ""


def _misfit(error: Exception) -> str:
    return f"with a result that no longer fits: {error}"


def _never_awaited(steps: Iterable[Pending[object]]) -> StepNeverAwaitedError:
    listed = ", ".join(f"{step.command.key.id!r} at {step.place}" for step in steps)
    return StepNeverAwaitedError(f"never awaited, so never run: step {listed}; write `await step...`")
