"""Which events a pattern such as `order/*` reaches."""

from bisect import bisect_left
from collections.abc import Iterable

from surestep_dsl.limits import MAX_PATTERN_TRIALS

__all__ = ["EventPatterns"]


class EventPatterns:
    """Matches patterns against the declared events, each pattern once.

    Args:
        events: the declared events.
        predeclared: events that are reached by their whole name only.

    Attributes:
        trials: how many events were compared with a pattern, or put together with others, so far.
    """

    def __init__(self, events: Iterable[str], predeclared: Iterable[str] = ()) -> None:
        self.trials = 0
        self._events = tuple(sorted(events))
        self._names = frozenset((*self._events, *predeclared))
        self._known: dict[str, tuple[str, ...]] = {}

    @property
    def is_exhausted(self) -> bool:
        """There were more comparisons than the limit; from then on patterns match nothing."""
        return self.trials > MAX_PATTERN_TRIALS

    def match(self, pattern: str) -> tuple[str, ...]:
        """Events that a name or pattern reaches, sorted. `*` is any text, `/` too."""
        if "*" not in pattern:
            return (pattern,) if pattern in self._names else ()
        if pattern not in self._known:
            self._known[pattern] = self._search(pattern)
        return self._known[pattern]

    def reach(self, names: Iterable[str]) -> tuple[str, ...]:
        """What the names and patterns of one function reach together, sorted."""
        found = [self.match(name) for name in names]
        if len(found) == 1:
            return found[0]
        self.trials += sum(map(len, found))
        return () if self.is_exhausted else tuple(sorted(set().union(*found)))

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
