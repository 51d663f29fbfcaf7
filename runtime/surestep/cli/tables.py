"""Prints rows: a drawn table on a terminal, aligned plain text into a pipe."""

import sys
from collections.abc import Sequence

import click

__all__ = ["print_table", "render_plain"]


def print_table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print `rows` on stdout; `empty` is said where there are none."""
    if not rows:
        click.echo(empty)
    elif sys.stdout.isatty():
        _print_rich(headers, rows)
    else:
        click.echo(render_plain(headers, rows))


def render_plain(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns padded to their widest entry, two spaces between, no lines; a line break in an entry becomes a space."""
    entries = [[" ".join(entry.split()) for entry in row] for row in (headers, *rows)]
    widths = [max(len(entry) for entry in column) for column in zip(*entries, strict=True)]
    lines = ("  ".join(entry.ljust(width) for entry, width in zip(row, widths, strict=True)) for row in entries)
    return "\n".join(line.rstrip() for line in lines)


def _print_rich(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headers)
    styles = {"completed": "green", "failed": "red", "blocked": "red", "cancelled": "yellow", "retrying": "yellow"}
    for row in rows:
        table.add_row(*(Text(entry, style=styles.get(entry, "")) for entry in row))
    Console().print(table)
