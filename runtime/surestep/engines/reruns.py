"""What a run begins with that goes on from a step of another one. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from surestep.core.history import ANY_ARGUMENTS, history_of
from surestep.core.records import ChangeTaken, Record, RunCopied, StepFailed, StepSucceeded

__all__ = ["copied_records", "position_of", "steps_of"]


def steps_of(records: Sequence[Record]) -> list[str]:
    """The steps that a run has asked for and recorded, in the order of asking."""
    recorded = history_of(records).recorded
    return [str(recorded[position].key) for position in sorted(recorded)]


def position_of(records: Sequence[Record], step: str) -> int | None:
    """Where a run asked for a step."""
    recorded = history_of(records).recorded
    return next((position for position in sorted(recorded) if str(recorded[position].key) == step), None)


def copied_records(records: Sequence[Record], position: int, origin: RunCopied) -> tuple[Record, ...]:
    """The beginning of a run: where it comes from, and what was finished of the steps asked before a position.

    Arguments of these steps may have been made of the run's id, time, chance and input, which are others now, so they
    are not compared. The gates that the handler passed on its way to the last of these steps it passes again.
    """
    kept: list[Record] = []
    gates: list[Record] = []
    for record in records:
        if isinstance(record, ChangeTaken):
            gates.append(record)
        elif isinstance(record, StepSucceeded | StepFailed) and record.position < position:
            kept += [*gates, replace(record, fingerprint=ANY_ARGUMENTS)]
            gates.clear()
    return origin, *kept
