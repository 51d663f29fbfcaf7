"""How often the step bodies ran, and whether each time is accounted for. Pure, as `checks`.

A body that was running when the process died has no end in the store, so it may run again: at least once. A body whose
end is in the store must never start again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scripts.demo.evidence import Body, Evidence

__all__ = ["Tally", "check_executions", "check_finished_bodies", "count_executions"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often bodies ran.

    Attributes:
        executed: starts that the bodies wrote down.
        retried: attempts that failed and were followed by another.
        repeated: starts that were cut off by a kill, and made again.
        dropped: bodies whose result came to nothing, because their run was cancelled.
    """

    executed: int
    retried: int
    repeated: int
    dropped: int


def count_executions(kills: Sequence[Evidence], end: Evidence) -> Tally:
    """The numbers for the summary."""
    starts = _count(end, "start")
    cut_off = sum(_cut_off(kills), Counter[Body]())
    repeated = sum(number for body, number in cut_off.items() if body in end.bodies)
    retried = sum(progress.attempts - 1 for progress in end.bodies.values() if progress.is_finished)
    committed = sum(progress.attempts for progress in end.bodies.values())
    return Tally(starts.total(), retried, repeated, starts.total() - committed - repeated)


def check_finished_bodies(kills: Sequence[Evidence], end: Evidence) -> Iterator[str]:
    """A body whose end is in the store at a kill has no start in the ledger after it."""
    for number, moment in enumerate(kills, 1):
        for entry in end.ledger[len(moment.ledger) :]:
            known = moment.bodies.get(entry.body)
            if entry.what == "start" and known is not None and known.is_finished:
                yield f"{entry.body.step_id} of run {known.run_id} ran again after kill {number} though it had ended"


def check_executions(cancelled: frozenset[str], kills: Sequence[Evidence], end: Evidence) -> Iterator[str]:
    """Every start in the ledger has its end in the store, or was cut off by a kill; and no end is without its start.

    Args:
        cancelled: arguments of bodies whose runs were cancelled on purpose.
        kills: what was known after each kill.
        end: what is known at the end.
    """
    cut_off = Counter[Body]()
    for number, (moment, lost) in enumerate(zip(kills, _cut_off(kills), strict=True), 1):
        for body, times in lost.items():
            known = moment.bodies.get(body)
            if not 0 <= times <= (known is None or not known.is_finished):
                yield f"{body.step_id} had {times} starts too many when kill {number} came"
        cut_off += lost
    starts, ends = _count(end, "start"), _count(end, "end")
    words = {entry.body: entry.words for entry in end.ledger}
    for body in starts.keys() | end.bodies.keys():
        progress = end.bodies.get(body)
        surplus = starts[body] - cut_off[body] - (progress.attempts if progress else 0)
        may_drop = (progress is None or not progress.is_finished) and bool(words.get(body, frozenset()) & cancelled)
        if surplus < 0 or (progress is not None and progress.has_result and not ends[body]):
            yield f"{body.step_id} has more ends in the store than its body has had starts"
        elif surplus > may_drop:
            yield f"{body.step_id} {sorted(words[body])} ran {surplus} times more than the store can account for"
        elif progress is not None and not progress.is_finished and not may_drop:
            yield f"{body.step_id} of run {progress.run_id} failed and was not tried again"


def _cut_off(kills: Sequence[Evidence]) -> Iterator[Counter[Body]]:
    """For each kill the bodies it cut off: started, but without an end in the store."""
    before = Counter[Body]()
    for moment in kills:
        lost = _count(moment, "start")
        lost.subtract({body: progress.attempts for body, progress in moment.bodies.items()})
        lost.subtract(before)
        before.update(lost)
        yield lost


def _count(evidence: Evidence, what: str) -> Counter[Body]:
    return Counter(entry.body for entry in evidence.ledger if entry.what == what)
