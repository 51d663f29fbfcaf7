"""Runs that may go on and wait for the engine, which drives only so many at once. In memory: a start makes it anew."""

import heapq

__all__ = ["Backlog"]


class Backlog:
    """Says which of them is next: the lowest position, as in flow control, and of equal ones the lowest id."""

    __slots__ = ("_heap", "_waiting")

    def __init__(self) -> None:
        self._waiting: set[str] = set()
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __contains__(self, run_id: str) -> bool:
        """Whether a run waits."""
        return run_id in self._waiting

    def add(self, run_id: str, position_ms: int) -> None:
        """Let a run wait; twice is once."""
        if run_id not in self._waiting:
            self._waiting.add(run_id)
            heapq.heappush(self._heap, (position_ms, run_id))

    def discard(self, run_id: str) -> None:
        """A run waits no longer, if it did."""
        self._waiting.discard(run_id)

    def first(self) -> str:
        """The run that is next; somebody waits."""
        while self._heap[0][1] not in self._waiting:
            heapq.heappop(self._heap)
        return self._heap[0][1]
