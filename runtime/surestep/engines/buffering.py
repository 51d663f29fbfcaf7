"""How long the results of finished steps may wait in memory before they are committed: a function's `checkpointing`.

Decides when, from plain values. What may wait at all is the draft's to say: only results of plain steps.
"""

from surestep.limits import CHECKPOINT_INTERVAL_MS, CHECKPOINT_STEPS
from surestep_dsl.flow import Checkpointing

__all__ = ["hold_until_ms"]


def hold_until_ms(options: Checkpointing, held_steps: int, held_since_ms: int, awake_since_ms: int) -> int:
    """The instant at which results must be committed; 0 for at once.

    Args:
        options: what the spec says; what it leaves out has a default in `limits`, save `max_runtime`.
        held_steps: how many results wait.
        held_since_ms: when the first of them was made.
        awake_since_ms: when the run was last woken; `max_runtime` counts from there.
    """
    if held_steps >= (options.buffered_steps or CHECKPOINT_STEPS):
        return 0
    due_at_ms = held_since_ms + (options.max_interval_ms or CHECKPOINT_INTERVAL_MS)
    return due_at_ms if options.max_runtime_ms is None else min(due_at_ms, awake_since_ms + options.max_runtime_ms)
