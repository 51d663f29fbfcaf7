"""How findings are shown: as text with the source line, as JSON, as annotations of a GitHub workflow."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from surestep_codegen.breaking.judge import Finding
from surestep_codegen.breaking.rule import Category
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import Paint, render_text

__all__ = ["render_annotations", "render_findings", "render_findings_json", "render_outcome"]

_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_TEXT: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY: Final = _IN_TEXT | str.maketrans({":": "%3A", ",": "%2C"})


def render_findings(
    findings: Iterable[Finding], problems: Iterable[Diagnostic], sources: Mapping[str, SourceText], paint: Paint
) -> str:
    """Those that nobody approved, and what is wrong with approvals."""
    shown = [_diagnostic(finding) for finding in findings if finding.approval is None]
    return render_text((*shown, *problems), sources, paint)


def render_outcome(findings: Sequence[Finding], against: str) -> str:
    """One line: `2 incompatible changes since main: 1 WIRE, 1 SOURCE; 1 fails, 1 is approved`."""
    if not findings:
        return f"compatible with {against}"
    counts = {category: sum(found.rule.category is category for found in findings) for category in Category}
    listed = ", ".join(f"{count} {category}" for category, count in counts.items() if count)
    noun = "incompatible change" if len(findings) == 1 else "incompatible changes"
    failed = sum(found.fails for found in findings)
    approved = sum(found.approval is not None for found in findings)
    more = f", {approved} approved" if approved else ""
    return f"{len(findings)} {noun} since {against}: {listed}; {failed or 'none'} failing{more}"


def render_findings_json(findings: Iterable[Finding], problems: Iterable[Diagnostic]) -> str:
    """A list with one entry a finding, approved ones included, then what is wrong with approvals."""
    entries: list[dict[str, object]] = [
        {
            "code": found.rule.code,
            "category": found.rule.category.value,
            "direction": found.rule.direction.value,
            "severity": _severity(found).value,
            "fails": found.fails,
            "path": found.path,
            "message": found.message,
            "hint": found.hint,
            **_span_keys(found.span),
            "specs": "old" if found.is_old else "new",
            "approved": found.approval
            and {
                "reason": found.approval.reason,
                "date": found.approval.approved_on.isoformat(),
                "until": found.approval.until and found.approval.until.isoformat(),
            },
        }
        for found in findings
    ]
    entries += [
        {
            "code": problem.code,
            "severity": problem.severity.value,
            "fails": problem.severity is Severity.ERROR,
            "message": problem.message,
            "hint": problem.hint,
            **_span_keys(problem.span),
        }
        for problem in problems
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False)


def render_annotations(findings: Iterable[Finding], problems: Iterable[Diagnostic], folder: str) -> str:
    """Workflow commands. What is gone has no line in today's files; its place is in the text.

    Args:
        findings: approved ones are left out.
        problems: what is wrong with approvals.
        folder: where the project lies in the repository that the workflow has checked out; empty at its top.
    """
    lines = []
    for found in findings:
        if found.approval is None:
            one = _diagnostic(found)
            place = f"{found.span.file}:{found.span.line}: " if found.is_old else ""
            span = None if found.is_old else found.span
            lines.append(_command(one, f"{found.rule.code}: {found.rule.title}", span, folder, place))
    lines += [_command(problem, problem.code, problem.span, folder) for problem in problems]
    return "".join(lines)


def _command(one: Diagnostic, title: str, span: Span | None, folder: str, place: str = "") -> str:
    properties = {"title": title}
    if span is not None:
        properties = {
            "file": f"{folder}{span.file}",
            "line": str(span.line),
            "endLine": str(span.end_line),
        } | properties
    listed = ",".join(f"{name}={value.translate(_IN_PROPERTY)}" for name, value in properties.items())
    text = f"{place}{one.message}\nhint: {one.hint}"
    return f"::{_COMMANDS[one.severity]} {listed}::{text.translate(_IN_TEXT)}\n"


def _diagnostic(found: Finding) -> Diagnostic:
    gone = "; shown as it was" if found.is_old else ""
    message = f"{found.path}: {found.message} [{found.rule.category}: {found.rule.direction}{gone}]"
    return Diagnostic(found.rule.code, _severity(found), message, found.span, found.hint)


def _severity(found: Finding) -> Severity:
    if found.approval is not None:
        return Severity.INFO
    return Severity.ERROR if found.fails else Severity.WARNING


def _span_keys(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
