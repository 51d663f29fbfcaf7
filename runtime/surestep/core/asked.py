"""A command with its place in the run."""

from typing import NamedTuple

from surestep.core.commands import Command

__all__ = ["Asked"]


class Asked(NamedTuple):
    """A command the handler awaits. `position` counts the commands of a run from 0, in the order of asking."""

    position: int
    command: Command
