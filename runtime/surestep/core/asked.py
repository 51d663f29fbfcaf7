"""A command with its place in the run."""

from dataclasses import dataclass

from surestep.core.commands import Command

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A command the handler awaits. `position` counts the commands of a run from 0, in the order of asking."""

    position: int
    command: Command
