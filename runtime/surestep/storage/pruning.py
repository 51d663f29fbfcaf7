"""What may be deleted: the words in which a store is asked for it.

Nothing live ever is: no run that has not ended, no event that a live or a kept run was started by, and none received
since the oldest trigger of a live run, for a wait of that run may look back to it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Candidate", "Prunable", "PruneQuery", "Stored", "choose"]


class Stored(NamedTuple):
    """How much there is to choose from.

    Attributes:
        needed_event: the oldest trigger of a live run; it and all later events stay. None where there is no live run.
    """

    finished_runs: int
    events: int
    needed_event: str | None


@dataclass(frozen=True, slots=True)
class PruneQuery:
    """Which finished runs and events are too old or too many.

    Attributes:
        before_ms: what ended, or was received, earlier may go.
        surplus_runs: so many of the oldest finished runs may go whatever their age.
        surplus_events: likewise.
        until_event: only events with a lesser id may go; None lets all.
        after_run: where the last answer ended.
        after_event: likewise.
        rows: how many rows an answer may stand for, so that deleting them takes milliseconds; one run may be more.
    """

    before_ms: int
    surplus_runs: int = 0
    surplus_events: int = 0
    until_event: str | None = None
    after_run: str = ""
    after_event: str = ""
    rows: int = 200


@dataclass(frozen=True, slots=True)
class Prunable:
    """What may be deleted, oldest first: runs, or events where there are no more such runs, or nothing."""

    runs: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class Candidate(NamedTuple):
    """A finished run or an event.

    Attributes:
        rows: what it takes in the store.
        begun_at_ms: grows with the id, nearly.
        ended_at_ms: what counts for its age.
        is_needed: it has to stay whatever its age.
    """

    id: str
    rows: int
    begun_at_ms: int
    ended_at_ms: int
    is_needed: bool = False


def choose(candidates: Iterable[Candidate], before_ms: int, surplus: int, rows: int) -> Iterator[str]:
    """Those of the candidates, given oldest first, that may go; looks no further than it must."""
    for seen, candidate in enumerate(candidates):
        if seen >= surplus and candidate.begun_at_ms >= before_ms:
            return
        if candidate.is_needed or not (seen < surplus or candidate.ended_at_ms < before_ms):
            continue
        yield candidate.id
        rows -= candidate.rows
        if rows <= 0:
            return
