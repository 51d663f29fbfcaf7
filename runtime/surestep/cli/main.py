"""The command `surestep`: its subcommands by name, and what happens to a fault."""

import sys
import traceback
from importlib import import_module
from typing import Any, Final

import click
from typing_extensions import override

from surestep.cli.problem import Exit, ProblemError

__all__ = ["main", "surestep"]

_COMMANDS: Final = {
    "init": ("surestep.cli.init:init", "Write a small complete project."),
    "check": ("surestep.cli.check:check", "Check the specs."),
    "explain": ("surestep_codegen.cli_explain:explain", "Explain the code of a finding."),
    "fmt": ("surestep_codegen.cli_fmt:fmt", "Format the specs."),
    "generate": ("surestep_codegen.cli:generate", "Write typed Python from the specs."),
    "sync": ("surestep_codegen.cli_sync:sync", "Bring handlers in step with the specs."),
    "lint": ("surestep_codegen.cli_lint:lint", "Find what handlers must not do between steps."),
    "doctor": ("surestep_codegen.cli_doctor:doctor", "Examine a project and say what to do."),
    "expand": ("surestep_codegen.cli_spec:expand", "Print what the jobs stand for."),
    "graph": ("surestep_codegen.cli_spec:graph", "Print who sends, handles and invokes what."),
    "breaking": ("surestep_codegen.cli_breaking:breaking", "Compare the specs with older ones."),
    "export": ("surestep_codegen.cli_export:export", "Describe the events in other formats."),
    "import": ("surestep_codegen.cli_import:import_", "Make a spec of an existing catalogue."),
    "expr": ("surestep_codegen.cli_expr:expr", "Try an expression on an event."),
    "simulate": ("surestep.cli.simulate:simulate", "Show what the policies of a function do about events."),
    "dev": ("surestep.cli.dev:dev", "Check, generate and serve; again on every change."),
    "serve": ("surestep.cli.serve:serve", "Serve in production."),
    "send": ("surestep.cli.send:send", "Send an event to a server."),
    "runs": ("surestep.cli.runs:runs", "List runs and show what they did."),
    "queue": ("surestep.cli.queue:queue", "Show why runs wait; pause and resume functions."),
    "replay": ("surestep.cli.replay:replay", "Hold recorded runs against today's code."),
    "jobs": ("surestep.cli.jobs:jobs", "Start jobs by hand and list their runs."),
    "db": ("surestep.cli.db:db", "Check, copy and look after the store's file."),
}
"""In the order in which a newcomer meets them: where each lives, and its line in the list."""

_DEV_LIBRARIES: Final = {"jinja2", "libcst", "watchfiles", "yaml"}
"""What the `dev` extra adds."""


class _LazyCommand(click.Command):
    """Stands for a command whose module is imported when it is run."""

    def __init__(self, name: str, place: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self.place = place

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command.make_context(info_name, args, parent, **extra)


class _Surestep(click.Group):
    @override
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if error.name in _DEV_LIBRARIES:
                message = f"this command needs {error.name}, which production environments do not install"
                raise ProblemError(message, 'pip install "surestep[dev]"') from None
            raise

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _LazyCommand(cmd_name, *_COMMANDS[cmd_name]) if cmd_name in _COMMANDS else None


@click.group(cls=_Surestep, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="surestep", message="%(package)s %(version)s")
def surestep() -> None:
    """Durable functions for Python, declared in YAML, kept in one SQLite file.

    Exit statuses: 0 fine, 1 something is wrong with your specs, code or events, 2 wrong arguments, 3 the command could
    not be carried out.
    """


def main() -> None:
    """Run the command line. A fault of ours shows its traceback; a user's mistake never does."""
    try:
        surestep(prog_name="surestep")
    except Exception:  # noqa: BLE001 -- the last line of defence
        traceback.print_exc()
        click.echo("error: this is a fault in surestep; please report it with the lines above", err=True)
        sys.exit(Exit.FAULT)
