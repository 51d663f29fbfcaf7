"""The command `surestep explain`: the manual's page of a code, in the terminal."""

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Final, TypeAlias

import click

from surestep_codegen.breaking.approvals import APPROVAL_CODES
from surestep_codegen.breaking.rule import Rule
from surestep_codegen.breaking.rules import RULES
from surestep_codegen.cli_project import paint
from surestep_codegen.lint.pages import PAGES as LINT_PAGES
from surestep_codegen.project_codes import PROJECT_CODES, ProjectCode
from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.codes import Code
from surestep_dsl.determinism_codes import DETERMINISM_CODES
from surestep_dsl.diagnostics import Severity
from surestep_dsl.explain import explain as explain_code
from surestep_dsl.explanations import Content, Example, files_of
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.settings import DEFAULT_BREAKING

__all__ = ["explain"]

_Explained: TypeAlias = Code | ProjectCode | Rule
_EVERY: Final[Mapping[str, _Explained]] = {
    **ALL_CODES,
    **PROJECT_CODES,
    **{rule.code: rule for rule in sorted(RULES, key=lambda rule: rule.code)},
    **{code.code: code for code in APPROVAL_CODES},
    **DETERMINISM_CODES,
}
_MAX_LINES: Final = 25
_MAX_COLUMNS: Final = 100


@click.command
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain the CODE of a finding, with an example that gives it and one that does not; without CODE, list all."""
    if code is None:
        for name, one in _EVERY.items():
            click.echo(f"{paint(name, _severity_of(one))}  {_severity_of(one):<7}  {one.title}")
        return
    name = code.strip().upper()
    found = _EVERY.get(name)
    if found is None:
        hint = did_you_mean(name, _EVERY, "`surestep explain` lists all")
        raise click.BadParameter(f"there is no code `{code}`; {hint}", param_hint="CODE")
    head = f"{paint(f'{_severity_of(found)}[{name}]', _severity_of(found))}: {found.title}"
    match found:
        case ProjectCode(page=page):
            click.echo(f"{head}\n\n{_wrapped(page)}")
        case Rule():
            _explain_rule(found, head)
        case Code():
            _explain_code(found, head)


def _severity_of(code: _Explained) -> Severity:
    if isinstance(code, Rule):
        return Severity.ERROR if code.category in DEFAULT_BREAKING else Severity.WARNING
    return code.severity


def _explain_code(code: Code, head: str) -> None:
    page = LINT_PAGES[code.code] if code.code in LINT_PAGES else explain_code(code.code).page
    note = "; settings can choose another severity" if code.adjustable else ""
    click.echo(f"{head}{note}\n\n{_wrapped(page.text)}")
    click.echo(f"\n{paint('Wrong:', 'hint')}\n\n{_shown(page.wrong)}")
    click.echo(f"\n{paint('Right:', 'hint')}\n\n{_shown(page.right)}")


def _explain_rule(rule: Rule, head: str) -> None:
    """A rule compares two contracts, so each example is a pair."""
    click.echo(f"{head} [{rule.category}: {rule.direction}]; the setting `breaking` chooses whether it fails\n")
    click.echo(_wrapped(cleandoc(rule.find.__doc__ or "")))
    for title, (old, new) in (("Breaks:", rule.invalid[0]), ("Does not:", rule.valid[0])):
        click.echo(f"\n{paint(title, 'hint')}\n\n{_shown({'before': old, 'after': new})}")


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
