"""`surestep init`: a small complete project. What it contains is in `first_project`; here it is written."""

import keyword
import shlex
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click

from surestep.cli.first_project import PYPROJECT, SETTINGS, app_id_of, render_files
from surestep.cli.problem import ProblemError

__all__ = ["init"]

_IGNORED = (".surestep/", ".mypy_cache/", "__pycache__/")


@click.command
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[DIR]")
def init(directory: Path) -> None:
    """Write a small complete project into DIR (here, if left out). Nothing that exists is overwritten."""
    app = app_id_of(directory.resolve().name)
    module = app.replace("-", "_")
    if module == "specs" or keyword.iskeyword(module) or find_spec(module) is not None:
        module += "_app"  # importing it would be impossible, or would find somebody else's module
    files = render_files(app, module)
    _refuse_conflicts(directory, files)
    try:
        _write(directory, files, app, module)
    except OSError as error:
        raise ProblemError(f"cannot write {error.filename}: {error.strerror}") from None
    click.echo("\nNext:")
    if directory != Path():
        click.echo(f"  cd {shlex.quote(str(directory))}")
    click.echo("  surestep dev")
    click.echo("""  surestep send demo/user.greeted '{"name": "Ada"}'    # in another terminal""")
    click.echo("  surestep runs list")
    click.echo(
        "  surestep export spec-schema --out .surestep/spec.schema.json    # lets an editor complete and check specs"
    )


def _refuse_conflicts(directory: Path, files: dict[str, str]) -> None:
    taken = [name for name in files if (directory / name).exists() and not name.endswith("__init__.py")]
    if taken:
        raise ProblemError(f"{taken[0]} exists already", "choose an empty directory, or `surestep check` this project")
    pyproject = directory / "pyproject.toml"
    try:
        settings = tomllib.loads(pyproject.read_text()) if pyproject.exists() else {}
    except ValueError as error:
        raise ProblemError(
            f"{pyproject} is not valid TOML: {error}", "mend it first: settings are added to it"
        ) from None
    if "surestep" in settings.get("tool", {}):
        raise ProblemError(f"{pyproject} already has [tool.surestep]", "this is a project: try `surestep check`")


def _write(directory: Path, files: dict[str, str], app: str, module: str) -> None:
    for name, text in files.items():
        path = directory / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            click.echo(f"  wrote {path}")
    values = {"app": app, "module": module}
    pyproject = directory / "pyproject.toml"
    text = PYPROJECT if not pyproject.exists() else f"\n{SETTINGS}"
    _append(pyproject, text.format_map(values))
    ignore = directory / ".gitignore"
    present = ignore.read_text().splitlines() if ignore.exists() else []
    _append(ignore, "".join(f"{line}\n" for line in _IGNORED if line not in present))


def _append(path: Path, text: str) -> None:
    if not text:
        return
    verb = "extended" if path.exists() else "wrote"
    ends_open = path.exists() and not path.read_text().endswith("\n")
    with path.open("a") as file:
        file.write(f"\n{text}" if ends_open else text)
    click.echo(f"  {verb} {path}")
