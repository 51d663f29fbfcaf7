"""The working memory of one evaluation: its inputs, the steps it may still take, its loop variables.

A plain list, because making and reading one is the cheapest thing Python has. The items have types that only the
position tells, hence `Any`; a closure that reads a wrong one gets an error value, like any other mismatch.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.limits import CHARACTERS_PER_EVALUATION_STEP, ITEMS_PER_EVALUATION_STEP, MAX_EVALUATION_STEPS

__all__ = [
    "ASYNC",
    "EVENT",
    "FIRST_VARIABLE",
    "NOW_MS",
    "STEPS_LEFT",
    "Code",
    "Frame",
    "Turn",
    "charge",
    "size_in_steps",
]

Frame: TypeAlias = list[Any]
Code: TypeAlias = Callable[[Frame], Any]
"""A compiled node. Gives a value or raises `EvaluationError`."""
Turn: TypeAlias = Callable[[Frame, Any], Any]
"""A compiled body of a loop. It gets the item beside the frame: what reads only fields of the item needs no slot."""

EVENT: Final = 0
ASYNC: Final = 1
NOW_MS: Final = 2
STEPS_LEFT: Final = 3
FIRST_VARIABLE: Final = 4


def charge(frame: Frame, steps: int) -> None:
    """Takes `steps` from what the evaluation may still do.

    Raises:
        EvaluationError: nothing is left.
    """
    frame[STEPS_LEFT] -= steps
    if frame[STEPS_LEFT] < 0:
        raise exhausted()


def exhausted() -> EvaluationError:
    """What an evaluation that has no steps left ends with."""
    return EvaluationError(f"more than {MAX_EVALUATION_STEPS:,} evaluation steps")


def size_in_steps(value: Any) -> int:
    """What reading a whole text, list or map costs; 0 for a small one."""
    kind = value.__class__
    if kind is str:
        return len(value) // CHARACTERS_PER_EVALUATION_STEP
    if kind is list or kind is dict:
        return len(value) // ITEMS_PER_EVALUATION_STEP
    return 0
