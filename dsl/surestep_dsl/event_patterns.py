"""Which events a pattern such as `order/*` reaches."""

from bisect import bisect_left
from collections.abc import Iterable

from surestep_dsl.limits import MAX_PATTERN_TRIALS

__all__ = ["EventPatterns"]


class EventPatterns:
    """Matches patterns against the declared events, each pattern once.

    Attributes:
        trials: how many events were compared with a pattern so far.
    """

    def __init__(self, events: Iterable[str]) -> None:
        self.trials = 0
        self._events = tuple(sorted(events))
        self._names = frozenset(self._events)
        self._known: dict[str, tuple[str, ...]] = {}

    @property
    def is_exhausted(self) -> bool:
        """There were more comparisons than the limit; from then on patterns match nothing."""
        return self.trials > MAX_PATTERN_TRIALS

    def match(self, pattern: str) -> tuple[str, ...]:
        """Declared events that a name or pattern reaches, sorted; never system events. `*` is any text, `/` too."""
        if "*" not in pattern:
            return (pattern,) if pattern in self._names else ()
        if pattern not in self._known:
            self._known[pattern] = self._search(pattern)
        return self._known[pattern]

    def _search(self, pattern: str) -> tuple[str, ...]:
        first, *middle, last = pattern.split("*")
        start = bisect_left(self._events, first)
        end = bisect_left(self._events, f"{first}\U0010ffff", lo=start)
        self.trials += end - start
        if self.is_exhausted:
            return ()
        inner = [part for part in middle if part]
        if not inner and not last:
            return self._events[start:end]
        return tuple(name for name in self._events[start:end] if _fits(name, len(first), inner, last))


def _fits(name: str, at: int, middle: list[str], last: str) -> bool:
    """Whether the parts between the stars follow each other in `name` from `at` on, and `last` ends it."""
    end = len(name) - len(last)
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end and name.endswith(last)
