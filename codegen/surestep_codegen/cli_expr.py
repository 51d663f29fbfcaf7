"""The command `surestep expr`: tries an expression on events of the project, and shows what comes out."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from typing_extensions import override

from surestep_codegen.cli_project import FINDINGS, load_checked, paint
from surestep_codegen.expr_trial import Candidate, Trial, fill_defaults, try_expression
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.diagnostics import Diagnostic, Severity
from surestep_dsl.expr import Problem, Use
from surestep_dsl.model import Project
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_json, render_text
from surestep_dsl.system_events import SYSTEM_EVENTS, event_fields, find_event

__all__ = ["expr"]

_FILE: Final = "expression"


class _JsonObject(click.ParamType[dict[str, JsonValue]]):
    name = "json"

    @override
    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, JsonValue]:
        try:
            found = json.loads(str(value))
        except (ValueError, RecursionError) as error:
            self.fail(f"""not JSON: {error}; put it in single quotes: '{{"name": "Ada"}}'""", param, ctx)
        if not isinstance(found, dict):
            self.fail("the data of an event is an object", param, ctx)
        return found


@click.command(name="expr")
@click.argument("expression")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--event", required=True, help="Name of the event that `event` means.")
@click.option("--data", type=_JsonObject(), help="Its data; without it nothing is evaluated.")
@click.option("--async", "other", help="Name of the second event, which `async` means.")
@click.option("--async-data", "other_data", type=_JsonObject(), help="Data of the second event.")
@click.option("--use", type=click.Choice([use.value for use in Use]), help="What it is for; any result if left out.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def expr(
    expression: str,
    paths: tuple[Path, ...],
    event: str,
    data: dict[str, JsonValue] | None,
    *,
    other: str | None,
    other_data: dict[str, JsonValue] | None,
    use: str | None,
    form: str,
) -> None:
    """Show the type of EXPRESSION, what is wrong with it, and its value for an event of the project.

    PATHS are specs to use instead of those that the settings name; they need no project around them.
    Defaults are filled in as they are at the border. A value that is an error is shown as one; the exit status is 1
    only where something is wrong with the expression.
    """
    if other is None and other_data is not None:
        raise click.UsageError("--async-data needs --async NAME")
    project = load_checked(paths)
    first = _candidate(project, event, data)
    second = None if other is None else _candidate(project, other, other_data)
    now_ms = int(time.time() * 1_000)
    trial = try_expression(project, expression, first, second, None if use is None else Use(use), now_ms)
    found = _located(expression, trial.problems)
    if form == "json":
        told = {**trial.outcome, "diagnostics": json.loads(render_json(found))}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        _show(expression, trial, found)
    sys.exit(FINDINGS if any(one.severity is Severity.ERROR for one in found) else 0)


def _candidate(project: Project, name: str, data: dict[str, JsonValue] | None) -> Candidate:
    """An event of the project; says so where it would not get past the border."""
    event = find_event(project, name)
    if event is None:
        hint = did_you_mean(name, (*project.events, *SYSTEM_EVENTS), "see the `events` of the specs")
        raise click.BadParameter(f"there is no event `{name}`: {hint}")
    fields = event_fields(project, event)
    if data is not None and (refusal := find_refusal_of_fields(fill_defaults(data, fields), fields, project.types)):
        click.echo(f"note: `{name}` would be refused: {refusal}", err=True)
    return Candidate(event, data)


def _located(expression: str, problems: Sequence[Problem]) -> list[Diagnostic]:
    source = SourceText(_FILE, expression)
    return [
        Diagnostic(one.code, one.severity, one.message, source.span(one.start, max(one.end, one.start + 1)), one.hint)
        for one in problems
    ]


def _show(expression: str, trial: Trial, found: Sequence[Diagnostic]) -> None:
    click.echo(render_text(found, {_FILE: SourceText(_FILE, expression)}, paint), nl=False)
    for name, value in trial.outcome.items():
        text = value if name in {"type", "error"} else json.dumps(value, ensure_ascii=False)
        click.echo(f"{name:<9} {text}")
