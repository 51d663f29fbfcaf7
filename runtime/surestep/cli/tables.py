"""Prints rows as aligned text: no lines are drawn, so ids can be copied and other programs can read it."""

from collections.abc import Sequence
from typing import Final

import click

__all__ = ["print_table", "printable"]

_COLOURS: Final = {
    "completed": "green",
    "failed": "red",
    "blocked": "red",
    "cancelled": "yellow",
    "retrying": "yellow",
}


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print `rows` on stdout, statuses coloured on a terminal; `empty` is said where there are none.

    A line break within an entry becomes a space, and what a terminal would obey is escaped.
    """
    if not rows:
        click.echo(empty)
        return
    entries = [[printable(" ".join(entry.split())) for entry in row] for row in (headers, *rows)]
    widths = [max(map(len, column)) for column in zip(*entries, strict=True)]
    for number, row in enumerate(entries):
        click.echo("  ".join(_paint(entry, header=number == 0) for entry in _pad(row, widths)))


def printable(text: str) -> str:
    """What comes from outside must not move a terminal's cursor."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in text)


def _pad(row: list[str], widths: list[int]) -> list[str]:
    """Entries of equal width, except that nothing trails."""
    while row and not row[-1]:
        row = row[:-1]
    return [entry.ljust(width) for entry, width in zip(row[:-1], widths, strict=False)] + row[-1:]


def _paint(entry: str, *, header: bool) -> str:
    colour = _COLOURS.get(entry.rstrip())
    return click.style(entry, fg=colour, bold=header or None) if header or colour else entry
