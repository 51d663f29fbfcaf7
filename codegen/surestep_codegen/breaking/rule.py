"""What a rule of compatibility is, and what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from surestep_codegen.breaking.comparison import Comparison
from surestep_dsl.model import Path

__all__ = ["Category", "Change", "Direction", "Rule"]


class Category(StrEnum):
    """What breaks.

    Attributes:
        WIRE: producers or consumers of the old contract.
        RUN: runs that were begun under the old contract.
        SOURCE: type checks of the user's code.
    """

    WIRE = "WIRE"
    RUN = "RUN"
    SOURCE = "SOURCE"


class Direction(StrEnum):
    """Whom it breaks.

    Attributes:
        PRODUCERS: who sends events or invokes functions as the old contract says.
        CONSUMERS: who reads events as the old contract says; judged only where some live outside of the project.
    """

    PRODUCERS = "producers"
    CONSUMERS = "consumers"
    RUNS = "runs in flight"
    CODE = "user code"


@dataclass(frozen=True, slots=True)
class Change:
    """One finding of a rule.

    Attributes:
        where: what it is about; approvals name it.
        message: one sentence without a full stop.
        hint: what to do instead, or how to go about it.
        place: where it stands in today's specs; None for what is gone.
        old_place: where it stood in the old specs.
    """

    where: Path
    message: str
    hint: str
    place: Path | None = None
    old_place: Path | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        code: stable; B1 is WIRE (from B151 on for consumers), B2 RUN, B3 SOURCE.
        title: what it finds, in a few words.
        find: everything it finds; its docstring is the rule's page in the manual.
        invalid: pairs of an old and a new spec (without their header) in which it finds something; its tests.
        valid: pairs in which it finds nothing.
    """

    code: str
    title: str
    category: Category
    direction: Direction
    find: Callable[[Comparison], Iterator[Change]]
    invalid: tuple[tuple[str, str], ...]
    valid: tuple[tuple[str, str], ...]
