"""How findings are shown: as text with the source line, as JSON, as annotations of a GitHub workflow."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from surestep_codegen.breaking.approvals import APPROVAL_CODES
from surestep_codegen.breaking.judge import Finding
from surestep_codegen.breaking.rule import Category
from surestep_codegen.breaking.rules import RULES
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import Paint, render_text
from surestep_dsl.report_github import render_github

__all__ = ["render_annotations", "render_findings", "render_findings_json", "render_outcome"]

_TITLES: Final = {
    **{rule.code: rule.title for rule in RULES},
    **{code.code: code.title for code in APPROVAL_CODES},
}


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
    shown = (_annotated(found) for found in findings if found.approval is None)
    return render_github((*shown, *problems), _TITLES, folder)


def _annotated(found: Finding) -> Diagnostic:
    one = _diagnostic(found)
    if not found.is_old:
        return one
    message = f"{found.span.file}:{found.span.line}: {one.message}"
    return replace(one, message=message, span=Span("", 1, 1, 1, 1))


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
