"""A turn drives a handler by hand, from a wake-up until it waits for something or ends.

There is no event loop underneath. A handler is a coroutine; so is every branch of a `gather`. Each is resumed with
`send` until it yields something it awaits:

- a `Pending` step: if its answer is known the coroutine goes on at once, otherwise the step is *asked* and the
  coroutine is parked under the step's key;
- a `Group`: its steps are asked and its coroutines become branches, which report to a `Join`;
- anything else belongs to some other event loop: the run ends with ForeignAwaitError.

Memos are handed out one at a time, in the order in which the steps finished. So branches interleave on a replay
exactly as they did the first time, and every command must come at the position where history has it. When it does
not, the turn stops with `Diverged`; it never runs on.

The turn knows no clock, store or loop. Who carries out the commands is not its business: the same turn serves every
engine.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from surestep.core.answers import answer_of
from surestep.core.asked import Asked
from surestep.core.branches import Branch, Join, Receiver, Routine, Slot, routine_of
from surestep.core.commands import StepKey
from surestep.core.divergence import Diverged, describe_await
from surestep.core.history import Identity, Memo
from surestep.core.pending import Desk, Group, Pending
from surestep.errors import ForeignAwaitError, StepNeverAwaitedError

__all__ = ["Raised", "Returned", "Suspended", "Turn", "TurnOutcome"]

_NESTED_FINALLY: Final = 100
"""More `finally` blocks that await than anybody nests; whoever awaits in an endless loop is left to the interpreter."""


@dataclass(frozen=True, slots=True)
class Suspended:
    """The handler waits. `asked` are the commands met in this advance and not answered in it, in order."""

    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """The handler returned."""

    value: object


@dataclass(frozen=True, slots=True)
class Raised:
    """The handler raised."""

    error: BaseException


TurnOutcome: TypeAlias = Suspended | Returned | Raised | Diverged


class Turn:
    """One handler being driven.

    Args:
        desk: where the handler's steps are numbered.
        start: makes the handler's coroutine.
        recorded: what history has at each position; empty for a new run.
        now_ms: what `ctx.now` tells until the first memo.

    Attributes:
        replaying: the handler has been here before, or is being given up.
        stretch: how many memos the handler has been given.
    """

    def __init__(
        self,
        desk: Desk,
        start: Callable[["Turn"], Coroutine[Any, Any, object]],
        recorded: dict[int, Identity],
        now_ms: int,
    ) -> None:
        self.now_ms = now_ms
        self.replaying = False
        self.stretch = 0
        self._desk = desk
        self._start = start
        self._recorded = recorded
        self._branches: set[Branch] = set()
        self._queue: deque[tuple[Branch, object, BaseException | None]] = deque()
        self._waiting: dict[StepKey, list[tuple[Pending[object], Receiver]]] = {}
        self._asked: list[Asked] = []
        self._positions: list[Identity] = []
        self._end: Returned | Raised | Diverged | None = None

    def replay(self, memos: Sequence[Memo], lived: int) -> TurnOutcome:
        """Start the handler and bring it to where its history ends.

        Args:
            memos: all answers in history, in the order of finishing.
            lived: how many stretches from one memo to the next the handler has lived through before; their log lines
                are suppressed. 0 for a new run.
        """
        self.replaying = lived > 0
        try:
            self._resume(Branch(self._start(self)))
        except Exception as error:  # noqa: BLE001 -- a handler that cannot be called has failed
            self._end = Raised(error)
            return self._end
        self._run()
        for count, memo in enumerate(memos, 1):
            self.replaying = count < lived
            self._hand_out(memo)
            self._run()
        self.replaying = False
        self._check_all_recorded_asked()
        return self._outcome()

    def advance(self, memos: Sequence[Memo]) -> TurnOutcome:
        """Go as far as `memos` reach: answers not yet handed out, in the order of finishing."""
        self._asked = []
        for memo in memos:
            self._hand_out(memo)
            self._run()
        return self._outcome()

    def close(self) -> None:
        """Give the coroutines up; their `finally` blocks run, their steps lead nowhere."""
        self.replaying = True  # the handler did not get to its `finally` blocks by itself: they log nothing
        branches, self._branches = self._branches, set()
        self._queue.clear()
        self._waiting.clear()
        for branch in branches:
            _close(branch.coroutine)

    def _outcome(self) -> TurnOutcome:
        if self._end is not None:
            self.close()
            return self._end
        return Suspended(tuple(asked for asked in self._asked if asked.command.key in self._waiting))

    def _hand_out(self, memo: Memo) -> None:
        """Pass an answer to those who wait for it; a handler that has ended wants no more answers."""
        if self._end is not None:
            return
        receivers = self._waiting.pop(memo.identity.key, None)
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
                self._end = Diverged(memo.position, memo.identity, memo.identity, reason=str(error))
                return
            self._give(receiver, *pending.settled)

    def _run(self) -> None:
        """Resume branches until all of them wait or the handler has ended."""
        while self._queue and self._end is None:
            branch, value, error = self._queue.popleft()
            coroutine = branch.coroutine
            try:
                awaited = coroutine.send(value) if error is None else coroutine.throw(error)
            except StopIteration as stop:
                self._finish(branch, stop.value, None)
            except KeyboardInterrupt:
                raise
            except BaseException as raised:  # noqa: BLE001 -- whatever the handler raises is the run's outcome
                self._finish(branch, None, raised)
            else:
                self._subscribe(awaited, branch)
            if self._desk.violation is not None:
                self._end = Raised(self._desk.violation)

    def _finish(self, branch: Branch, value: object, error: BaseException | None) -> None:
        self._branches.discard(branch)
        if branch.receiver is not None:
            self._give(branch.receiver, value, error)
        elif error is not None:
            self._end = Raised(error)
        elif self._desk.unawaited:
            self._end = Raised(_never_awaited(self._desk.unawaited.values()))
        else:
            self._end = Returned(value)

    def _resume(self, branch: Branch, value: object = None, error: BaseException | None = None) -> None:
        self._branches.add(branch)
        self._queue.append((branch, value, error))

    def _give(self, receiver: Receiver, value: object, error: BaseException | None) -> None:
        """Hand a result to a branch or into a join's slot."""
        if isinstance(receiver, Branch):
            self._resume(receiver, value, error)
            return
        join = receiver.join
        join.remaining -= 1
        if error is not None and not (join.return_exceptions and isinstance(error, Exception)):
            if not join.settled:
                join.settled = True
                self._give(join.owner, None, error)
            return
        join.results[receiver.index] = value if error is None else error
        if join.remaining == 0 and not join.settled:
            join.settled = True
            self._give(join.owner, tuple(join.results), None)

    def _subscribe(self, awaited: object, receiver: Receiver) -> None:
        """Let `receiver` have the result of what was awaited."""
        match awaited:
            case Pending(settled=None):
                self._ask(awaited)
                self._waiting.setdefault(awaited.command.key, []).append((awaited, receiver))
            case Pending(settled=(value, error)):
                self._give(receiver, value, error)
            case Group():
                self._open_group(awaited, receiver)
            case _:
                branch = receiver if isinstance(receiver, Branch) else None
                self._end = Raised(ForeignAwaitError(describe_await(awaited, branch and branch.coroutine)))

    def _open_group(self, group: Group[object], owner: Receiver) -> None:
        children = group.children
        join = Join(owner, [None] * len(children), len(children), group.return_exceptions)
        if not children:
            self._give(owner, (), None)
        for index, child in enumerate(children):
            slot = Slot(join, index)
            if isinstance(child, Pending | Group):
                self._subscribe(child, slot)
            else:
                self._resume(Branch(routine_of(child), slot))

    def _ask(self, pending: Pending[object]) -> None:
        command = pending.command
        if self._desk.unawaited.pop(command.key, None) is None:
            return  # asked before: a second await of the same step
        position = len(self._positions)
        identity = Identity(command.kind, command.key, command.fingerprint)
        self._positions.append(identity)
        expected = self._recorded.get(position)
        if expected is not None and expected != identity and self._end is None:
            self._end = Diverged(position, expected, identity)
        self._asked.append(Asked(position, command))

    def _check_all_recorded_asked(self) -> None:
        if self._recorded and not isinstance(self._end, Diverged):
            last = max(self._recorded)
            if last >= len(self._positions):
                missing = min(position for position in self._recorded if position >= len(self._positions))
                self._end = Diverged(missing, self._recorded[missing], None, self._end_in_words())

    def _end_in_words(self) -> str:
        match self._end:
            case Raised(error):
                return f"it raised {type(error).__name__}: {error}"
            case Returned():
                return "it returned"
            case Diverged() | None:
                return ""


def _close(coroutine: Routine) -> None:
    """Close a coroutine; a `finally` block that awaits is closed in its turn."""
    for _ in range(_NESTED_FINALLY):
        try:
            coroutine.close()
        except RuntimeError:  # it awaited something instead of ending
            continue
        except BaseException:  # noqa: BLE001 -- what it raises changes nothing any more
            return
        return


def _never_awaited(steps: "Sequence[Pending[object]] | Any") -> StepNeverAwaitedError:
    listed = ", ".join(f"{step.command.key.id!r} at {step.place}" for step in steps)
    return StepNeverAwaitedError(f"never awaited, so never run: step {listed}; write `await step...`")
