"""A command with its place in the run."""

from surestep.core.commands import Command
from surestep.core.value import value

__all__ = ["Asked"]


@value(frozen=True, slots=True)
class Asked:
    """A command the handler awaits. `position` counts the commands of a run from 0, in the order of asking."""

    position: int
    command: Command
