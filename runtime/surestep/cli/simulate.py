"""`surestep simulate`: what the policies of a function do about events, on a clock that costs no time."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from surestep.cli.problem import Exit, FindingError, ProblemError
from surestep.cli.project import load_here, show_findings
from surestep.limits import WAIT_MAX_MS

if TYPE_CHECKING:
    from surestep.testing.simulation import Arrival
    from surestep_dsl.flow import FunctionOptions
    from surestep_dsl.model import Project

__all__ = ["simulate"]

_MOST: Final = 1_000
"""Events in a simulation: what still can be drawn."""


@click.command
@click.argument("function_id", metavar="FUNCTION")
@click.argument("arrivals", nargs=-1, required=True)
@click.option(
    "--specs", "paths", type=click.Path(path_type=Path), multiple=True, help="Instead of the project's specs."
)
@click.option("--lasts", default="1s", show_default=True, help="How long each run takes.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into this file, too.")
def simulate(
    function_id: str, arrivals: tuple[str, ...], paths: tuple[Path, ...], lasts: str, svg: Path | None
) -> None:
    r"""Show what comes of events for FUNCTION: which runs wait, begin, are skipped. No handler is run.

    Each of ARRIVALS is a time, or a time and how often, and the event's data, if they matter:

    \b
        surestep simulate index-product 0s '5s*3 {"productId": "p-1"}' 1m
    """
    here = load_here(paths)
    project = here.loaded.project
    if project is None:
        show_findings(here.loaded, err=True)
        click.get_current_context().exit(Exit.FINDINGS)
    options, event_name = _function(project, function_id)
    events = sorted((one for text in arrivals for one in _arrivals(text)), key=lambda one: one.at_ms)
    if len(events) > _MOST:
        raise click.BadParameter(f"{len(events)} events; at most {_MOST} can be drawn", param_hint="ARRIVALS")
    from surestep.cli.simulation_drawing import draw_svg, draw_text
    from surestep.testing.simulation import simulate as play

    runs = asyncio.run(play(options, event_name, events, _milliseconds(lasts, "--lasts")))
    click.echo(draw_text(events, runs), nl=False)
    if svg is not None:
        try:
            svg.write_text(draw_svg(function_id, events, runs), encoding="utf-8")
        except OSError as error:
            raise ProblemError(f"cannot write {svg}: {error.strerror}") from None


def _function(project: "Project", function_id: str) -> "tuple[FunctionOptions, str]":
    """The options of the function, and an event that it takes."""
    from surestep_dsl.event_patterns import EventPatterns
    from surestep_dsl.flow import EventTrigger
    from surestep_dsl.nearest import nearest

    function = project.functions.get(function_id)
    if function is None:
        meant = nearest(function_id, tuple(project.functions))
        raise FindingError(f"there is no function {function_id}", meant and f"did you mean {meant}?")
    for trigger in function.options.triggers:
        if isinstance(trigger, EventTrigger):
            names = EventPatterns(project.events).match(trigger.event) if "*" in trigger.event else (trigger.event,)
            return function.options, next(iter(names))
    raise FindingError(f"{function_id} is not started by events", "only what events start can be simulated")


def _arrivals(text: str) -> "list[Arrival]":
    from surestep.testing.simulation import Arrival

    when, _, data_text = text.strip().partition(" ")
    at, star, times = when.partition("*")
    try:
        data = json.loads(data_text or "{}", parse_constant=_refuse_constant)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: the data are not JSON: {error}", param_hint="ARRIVALS") from None
    if not isinstance(data, dict) or (star and not (times.isascii() and times.isdigit() and int(times))):
        hint = "a time, or a time and how often as in 5s*3, and an object"
        raise click.BadParameter(f"{text!r} is not {hint}", param_hint="ARRIVALS")
    return [Arrival(_milliseconds(at, "ARRIVALS"), data)] * min(int(times or 1), _MOST + 1)


def _milliseconds(text: str, where: str) -> int:
    from surestep_dsl.duration import DURATION_HINT, parse_duration

    found = parse_duration(text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no duration; {DURATION_HINT}", param_hint=where)
    if found > WAIT_MAX_MS:
        raise click.BadParameter(f"{text!r} is more than 366 days (limit WAIT_MAX_MS)", param_hint=where)
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
