"""The commands `surestep export ...`: what is wanted, where it goes, and what the target cannot say."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Final

import click

from surestep_codegen.cli_project import load_checked, paint, write_text
from surestep_codegen.exports.asyncapi import render_asyncapi
from surestep_codegen.exports.docs.plan import plan_docs
from surestep_codegen.exports.jsonschema import render_catalogue, render_files
from surestep_codegen.exports.openapi import render_openapi
from surestep_codegen.exports.scalars import Schema
from surestep_codegen.exports.typescript.document import render_typescript
from surestep_codegen.remarks import Remarks, render_remarks
from surestep_codegen.render import render_docs

__all__ = ["export"]

_PATHS: Final = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
_FILE: Final = click.option(
    "--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Where to write; else to stdout."
)
_VERSION: Final = click.option(
    "--contract-version", default="1.0.0", show_default=True, help="What `info.version` says."
)


@click.group
def export() -> None:
    """Describe the events in other formats. What the format cannot say is listed on stderr."""


@export.command
@_PATHS
@click.option(
    "--out",
    metavar="DIR|FILE",
    type=click.Path(path_type=Path),
    help="A name that ends in .json is one file, any other a directory with one file for each event; else to stdout.",
)
def jsonschema(paths: tuple[Path, ...], out: Path | None) -> None:
    """JSON Schema 2020-12 of all events of the project, or of the specs under PATHS."""
    project, remarks = load_checked(paths), Remarks()
    if out is None or out.suffix == ".json":
        _put(render_catalogue(project, remarks), out)
    else:
        for name, document in render_files(project, remarks).items():
            _put(document, out / name)
    _tell(remarks)


@export.command
@_PATHS
@_FILE
@_VERSION
def asyncapi(paths: tuple[Path, ...], out: Path | None, contract_version: str) -> None:
    """AsyncAPI 3.0 of events and functions of the project, or of the specs under PATHS."""
    project, remarks = load_checked(paths), Remarks()
    _put(render_asyncapi(project, contract_version, remarks), out)
    _tell(remarks)


@export.command
@_PATHS
@_FILE
@click.option(
    "--inngest",
    type=click.Choice(["3", "4"]),
    default="3",
    show_default=True,
    help="Version of Inngest's SDK: 4 has no EventSchemas and gets a value for each event, made by eventType.",
)
def typescript(paths: tuple[Path, ...], out: Path | None, inngest: str) -> None:
    """TypeScript types of events, functions and what they hold, for any program and for Inngest's SDK."""
    project, remarks = load_checked(paths), Remarks()
    _put(render_typescript(project, remarks, declares_events=inngest == "4"), out)
    _tell(remarks)


@export.command
@_PATHS
@_FILE
@_VERSION
@click.option("--server", metavar="URL", default="http://127.0.0.1:8288", show_default=True, help="Where the API is.")
def openapi(paths: tuple[Path, ...], out: Path | None, contract_version: str, server: str) -> None:
    """OpenAPI 3.1 of the HTTP API of a server that runs the project, or the specs under PATHS."""
    project, remarks = load_checked(paths), Remarks()
    _put(render_openapi(project, contract_version, server, remarks), out)
    _tell(remarks)


@export.command
@_PATHS
@click.option(
    "--out",
    metavar="DIR|FILE",
    type=click.Path(path_type=Path),
    help="A name that ends in .md or .html is one file, any other a directory with several pages; else to stdout.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["markdown", "html"]),
    help="By default as the file's name ends, or markdown.",
)
def docs(paths: tuple[Path, ...], out: Path | None, format_: str | None) -> None:
    """A reference of events, functions, types and jobs for people."""
    suffix = out.suffix if out is not None and out.suffix in {".md", ".html"} else ""
    wanted = {"markdown": ".md", "html": ".html"}.get(format_ or "", suffix or ".md")
    is_folder = out is not None and not suffix
    pages = render_docs(plan_docs(load_checked(paths), wanted if is_folder else ""), wanted.removeprefix("."))
    for name, text in pages.items():
        _put(text, out / name if out is not None and is_folder else out)


@export.command("spec-schema")
@_FILE
def spec_schema(out: Path | None) -> None:
    """JSON Schema of the specs themselves, for editors: completion, and checks while typing.

    Write it with --out .surestep/spec.schema.json and begin a spec with the line

    # yaml-language-server: $schema=../.surestep/spec.schema.json
    """
    _put((files("surestep_dsl") / "spec.schema.json").read_text(encoding="utf-8"), out)


def _put(document: Schema | str, out: Path | None) -> None:
    text = document if isinstance(document, str) else f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(out, text)


def _tell(remarks: Remarks) -> None:
    click.echo(render_remarks(remarks, paint), err=True, nl=False)
