"""Which runs a command means: by id, or by what they have in common."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, TypeVar

import click

__all__ = ["RUN_STATUSES", "Chosen", "choose_runs", "run_options"]

RUN_STATUSES: Final = ("queued", "running", "waiting", "blocked", "completed", "failed", "cancelled", "skipped")

Chosen: TypeAlias = dict[str, Any]
"""A selection as the HTTP API takes it."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _instant(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    """Unix milliseconds, from an instant such as `2026-07-01T12:00Z` or an age such as `2h`."""
    from surestep_dsl.duration import parse_duration

    if value is None:
        return None
    age_ms = parse_duration(value)
    if age_ms is not None:
        return time.time_ns() // 1_000_000 - age_ms
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        message = f"{value!r} is neither an age such as 2h nor an instant such as 2026-07-01T12:00Z"
        raise click.BadParameter(message) from None
    return round((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp() * 1000)


_OPTIONS: Final = (
    click.argument("run_ids", nargs=-1, metavar="[RUN_ID]..."),
    click.option("--function", help="Only runs of this function."),
    click.option("--status", type=click.Choice(RUN_STATUSES), help="Only runs in this status."),
    click.option(
        "--since", metavar="TIME", callback=_instant, help="Created then or later: an age such as 2h, or an instant."
    ),
    click.option("--until", metavar="TIME", callback=_instant, help="Created before: likewise."),
    click.option("--if", "condition", metavar="EXPR", help="Only runs whose trigger, `event`, makes this true."),
)


def run_options(command: _Command) -> _Command:
    """Give a command the arguments that say which runs are meant; `choose_runs` makes sense of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choose_runs(stated: Mapping[str, Any]) -> Chosen:
    """What was stated, as a selection.

    Raises:
        UsageError: nothing was.
    """
    named = {"if" if name == "condition" else name: value for name, value in stated.items()}
    chosen: Chosen = {name: value for name, value in named.items() if value is not None and value != ()}
    if not chosen:
        raise click.UsageError("say which runs are meant: by their ids, or by an option such as --status")
    return chosen
