"""What one walk over an expression found, apart by what it means for the other events the expression may meet."""

from dataclasses import dataclass, field
from typing import TypeAlias

from surestep_dsl.expr.problems import Problem

__all__ = ["Findings", "Place"]

Place: TypeAlias = tuple[int, int]
"""Start and end in the text of the expression."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one walk found.

    Attributes:
        missing: fields that are read and not there, by place.
        tested: fields that `has()` or `in` ask for and that are not there.
        sound: places where a field was found.
        impossible: values that cannot occur.
        possible: places of values that can.
    """

    problems: list[Problem] = field(default_factory=list)
    missing: dict[Place, Problem] = field(default_factory=dict)
    tested: dict[Place, Problem] = field(default_factory=dict)
    sound: set[Place] = field(default_factory=set)
    impossible: dict[Place, Problem] = field(default_factory=dict)
    possible: set[Place] = field(default_factory=set)
