"""The command `surestep explain`: the manual's page of a code, in the terminal."""

from collections.abc import Iterator
from typing import Final

import click

from surestep_codegen.cli_project import paint
from surestep_codegen.project_codes import PROJECT_CODES, ProjectCode
from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.codes import Code
from surestep_dsl.explain import explain as explain_code
from surestep_dsl.explanations import Content, Example, files_of
from surestep_dsl.nearest import did_you_mean

__all__ = ["explain"]

_MAX_LINES: Final = 25
_MAX_COLUMNS: Final = 100


@click.command
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain the CODE of a finding, with an example that gives it and one that does not; without CODE, list all."""
    if code is None:
        every: list[Code | ProjectCode] = [*ALL_CODES.values(), *PROJECT_CODES.values()]
        for one in every:
            click.echo(f"{paint(one.code, one.severity)}  {one.severity:<7}  {one.title}")
        return
    name = code.strip().upper()
    if name in PROJECT_CODES:
        project_code = PROJECT_CODES[name]
        head = paint(f"{project_code.severity}[{name}]", project_code.severity)
        click.echo(f"{head}: {project_code.title}\n\n{_wrapped(project_code.page)}")
        return
    if name not in ALL_CODES:
        hint = did_you_mean(name, [*ALL_CODES, *PROJECT_CODES], "`surestep explain` lists all")
        raise click.BadParameter(f"there is no code `{code}`; {hint}", param_hint="CODE")
    explained = explain_code(name)
    severity = explained.code.severity
    note = "; settings can choose another severity" if explained.code.adjustable else ""
    click.echo(f"{paint(f'{severity}[{name}]', severity)}: {explained.code.title}{note}\n")
    click.echo(_wrapped(explained.page.text))
    click.echo(f"\n{paint('Wrong:', 'hint')}\n\n{_shown(explained.page.wrong)}")
    click.echo(f"\n{paint('Right:', 'hint')}\n\n{_shown(explained.page.right)}")


def _wrapped(text: str) -> str:
    """Paragraphs with long lines are wrapped; the others may be examples."""
    paragraphs = text.split("\n\n")
    is_long = [any(len(line) > _MAX_COLUMNS for line in part.split("\n")) for part in paragraphs]
    return "\n\n".join(
        click.wrap_text(part, _MAX_COLUMNS) if long else part for part, long in zip(paragraphs, is_long, strict=True)
    )


def _shown(example: Example) -> str:
    """An example indented; each of several files under its name."""
    files = files_of(example)
    if isinstance(example, str):
        return "\n".join(_lines(example))
    parts = [f"    {name}\n" + "\n".join(f"    {line}" for line in _lines(text)) for name, text in files.items()]
    return "\n".join(parts) or "    (no file)"


def _lines(content: Content) -> Iterator[str]:
    """As much of a text as anybody wants to read; what no terminal shows is escaped."""
    if content is None:
        yield "    (a link to a file that is not there)"
        return
    text = content.decode(errors="backslashreplace") if isinstance(content, bytes) else content
    lines = text.strip("\n").split("\n")
    for line in lines[:_MAX_LINES]:
        shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line)
        yield f"    {shown if len(shown) <= _MAX_COLUMNS else f'{shown[:_MAX_COLUMNS]} ...'}".rstrip()
    if len(lines) > _MAX_LINES:
        yield f"    ... {len(lines) - _MAX_LINES} more lines"
