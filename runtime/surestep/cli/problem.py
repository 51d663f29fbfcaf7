"""How a command ends when it cannot do what was asked: one sentence, a hint, an exit status."""

from enum import IntEnum
from typing import IO, Any, ClassVar

import click
from typing_extensions import override

__all__ = ["Exit", "FindingError", "ProblemError"]


class Exit(IntEnum):
    """Exit statuses of all commands.

    Attributes:
        FINDINGS: something is wrong with the user's specs, code or events.
        USAGE: wrong arguments; click's own.
        FAULT: the command could not be carried out.
    """

    OK = 0
    FINDINGS = 1
    USAGE = 2
    FAULT = 3


class ProblemError(click.ClickException):
    """Ends a command. Shown on stderr as `error: message` with its details and a hint below.

    Args:
        message: one sentence without a full stop.
        hint: what to do about it.
        details: further lines, for instance one per fault.
    """

    exit_code: ClassVar[int] = Exit.FAULT

    def __init__(self, message: str, hint: str | None = None, *, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.details = details

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"{click.style('error:', fg='red', bold=True)} {self.message}", file=file, err=True)
        for detail in self.details:
            click.echo(f"  {detail}", file=file, err=True)
        if self.hint:
            click.echo(f"  {click.style('hint:', fg='cyan')} {self.hint}", file=file, err=True)


class FindingError(ProblemError):
    """The command worked, and found something wrong with the user's specs, code or events."""

    exit_code: ClassVar[int] = Exit.FINDINGS
