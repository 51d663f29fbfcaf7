"""The parallel parts of a turn: which branch goes on with what, who waits for which step, how groups settle.

Decides the order in which branches go on, so everything here is ordered. Does not resume anything: the turn does.
"""

from collections import deque
from collections.abc import Awaitable, Callable

from surestep.core.branches import (
    Branch,
    Join,
    Receiver,
    Resume,
    Slot,
    close_routine,
    close_watched,
    is_below,
    routine_of,
)
from surestep.core.commands import StepKey
from surestep.core.pending import Desk, Group, Pending
from surestep.errors import NonDeterminismError, StepUsageError

__all__ = ["Parallel"]


class Parallel:
    """The branches of one handler.

    Args:
        desk: where its steps are numbered.
        ask: told of each step that is awaited.
        drop: told of each step that was asked and has lost a race.
        resume: how handler code is resumed.

    Attributes:
        ready: branches to be resumed, each with a value or an error, first come first served.
        waiting: who waits for which step.
    """

    def __init__(
        self,
        desk: Desk,
        ask: Callable[[Pending[object]], None],
        drop: Callable[[Pending[object]], None],
        resume: Resume,
    ) -> None:
        self.ready: deque[tuple[Branch, object, BaseException | None]] = deque()
        self.waiting: dict[StepKey, list[tuple[Pending[object], Receiver]]] = {}
        self._desk = desk
        self._ask = ask
        self._drop = drop
        self._resume = resume
        self._branches: dict[Branch, None] = {}

    def resume(self, branch: Branch, value: object = None, error: BaseException | None = None) -> None:
        """Let a branch begin or go on when it is its turn."""
        self._branches[branch] = None
        self.ready.append((branch, value, error))

    def forget(self, branch: Branch) -> None:
        """A branch has finished."""
        self._branches.pop(branch, None)

    def give(self, receiver: Receiver, value: object, error: BaseException | None) -> None:
        """Hand a result to a branch or into a join's slot."""
        if isinstance(receiver, Branch):
            if receiver in self._branches:  # else it was closed together with this result: two waited for one step
                self.resume(receiver, value, error)
            return
        join = receiver.join
        if join.settled:
            return
        if join.is_race or (error is not None and not (join.return_exceptions and isinstance(error, Exception))):
            self._settle(join, value, error)
            return
        join.remaining -= 1
        join.results[receiver.index] = value if error is None else error
        if join.remaining == 0:
            self._settle(join, tuple(join.results), None)

    def subscribe(self, awaited: Pending[object] | Group[object], receiver: Receiver) -> None:
        """Let `receiver` have the result of what was awaited."""
        if isinstance(awaited, Group):
            self._open(awaited, receiver)
        elif awaited.settled is None:
            self._ask(awaited)
            self.waiting.setdefault(awaited.command.key, []).append((awaited, receiver))
        else:
            self.give(receiver, *awaited.settled)

    def close(self) -> NonDeterminismError | None:
        """Give all branches up; their `finally` blocks run, inner branches first.

        Returns:
            What these blocks may not do, if they have done it.
        """
        self._ask = self._drop = _nothing  # they lead back to the turn; without them there is no garbage to collect
        branches, self._branches = list(self._branches), {}
        self.ready.clear()
        self.waiting.clear()
        found = [close_watched(branch.coroutine, self._resume) for branch in reversed(branches)]
        return next((violation for violation in found if violation is not None), None)

    def _open(self, group: Group[object], owner: Receiver) -> None:
        children = group.children
        join = Join(owner, [None] * len(children), len(children), group.return_exceptions, group.is_race)
        if not children:
            self.give(owner, (), None)
        for index, child in enumerate(children):
            slot = Slot(join, index)
            if join.is_race and join.settled:
                self._discard(child)
            elif isinstance(child, Pending | Group):
                self.subscribe(child, slot)
            else:
                self.resume(Branch(routine_of(child), slot))

    def _settle(self, join: Join, value: object, error: BaseException | None) -> None:
        join.settled = True
        if join.is_race:
            self._drop_below(join)
        self.give(join.owner, value, error)

    def _drop_below(self, join: Join) -> None:
        """Give up what is still under way in a race: who waits, who is to be resumed, and the branches themselves."""
        for key, waiting in list(self.waiting.items()):
            kept = [pair for pair in waiting if not is_below(pair[1], join)]
            if kept:
                self.waiting[key] = kept
            else:
                pending = self.waiting.pop(key)[0][0]
                pending.settled = _lost(key)
                self._drop(pending)
        self.ready = deque(entry for entry in self.ready if not is_below(entry[0], join))
        losers = [branch for branch in reversed(self._branches) if is_below(branch, join)]
        self._desk.is_closing = True
        for branch in losers:
            del self._branches[branch]
            self._desk.violation = close_watched(branch.coroutine, self._resume) or self._desk.violation
        self._desk.is_closing = False

    def _discard(self, child: Awaitable[object]) -> None:
        """Drop what came too late to be started."""
        match child:
            case Pending(command=command):
                if self._desk.unawaited.pop(command.key, None) is not None:
                    child.settled = _lost(command.key)
            case Group(children=children):
                for one in children:
                    self._discard(one)
            case _:
                close_routine(routine_of(child))


def _nothing(_: Pending[object]) -> None:
    """Nobody asks any more."""


def _lost(key: StepKey) -> tuple[object, BaseException]:
    return None, StepUsageError(f"step {key.id!r} has lost a race and was dropped; make a new step to ask again")
