"""A turn that bears with disagreements: an answer goes to the step of its id, wherever the handler asks for it.

This is what other engines do. Steps that history does not know are carried out, those that the handler no longer asks
for are forgotten, and changed arguments go unnoticed.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from typing_extensions import override

from surestep.core.divergence import Diverged
from surestep.core.history import Memo
from surestep.core.pending import Desk
from surestep.core.turn import Resume, Turn

__all__ = ["LenientTurn"]


class LenientTurn(Turn):
    """A turn that goes on where a strict one would stop.

    Args:
        desk: as for a strict turn, and so are the next three.
        start: makes the handler's coroutine.
        now_ms: what `ctx.now` tells until the first memo.
        resume: how handler code is resumed.
        kept: answers to steps that are still to be asked; of those that are awaited together the first goes first.
        disagreed: told of the first disagreement, which a strict turn would have stopped at.
    """

    def __init__(
        self,
        desk: Desk,
        start: Callable[[Turn], Coroutine[Any, Any, object]],
        now_ms: int,
        resume: Resume,
        kept: Iterable[Memo] = (),
        disagreed: Callable[[Diverged], None] | None = None,
    ) -> None:
        super().__init__(desk, start, now_ms, resume)
        self._disagreed = disagreed
        self._kept = {memo.identity.key: memo for memo in kept}

    @override
    def _disagree(self, diverged: Diverged) -> None:
        if self._disagreed is not None:
            self._disagreed(diverged)
            self._disagreed = None

    @override
    def _hand_out(self, memo: Memo) -> None:
        key = memo.identity.key
        if self._end is not None or key in self._parallel.waiting or key in self._losers:
            super()._hand_out(memo)
            return
        self._kept[key] = memo
        found = self._positions[memo.position] if memo.position < len(self._positions) else None
        self._disagree(Diverged(memo.position, memo.identity, found))

    @override
    def _run(self) -> None:
        super()._run()
        while self._end is None and (memo := self._next_kept()) is not None:
            super()._hand_out(memo)
            super()._run()

    def _next_kept(self) -> Memo | None:
        found = next((key for key in self._kept if key in self._parallel.waiting), None)
        return None if found is None else self._kept.pop(found)
