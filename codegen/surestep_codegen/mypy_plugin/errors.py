"""How findings become errors of mypy: their codes, and what silences them."""

from collections.abc import Iterable
from typing import Final

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode

from surestep_codegen.lint.facts import Place
from surestep_codegen.lint.findings import Finding
from surestep_codegen.mypy_plugin.program import HandlerProgram
from surestep_dsl.determinism_codes import DETERMINISM_CODES
from surestep_dsl.diagnostics import Severity

__all__ = ["report_error", "report_findings"]

_KNOWN: Final[dict[str, ErrorCode]] = {}


def report_findings(project: HandlerProgram, checker: TypeChecker, findings: Iterable[Finding]) -> None:
    """Report findings of the module that is checked, with the severities of the project; what is silenced is not told.

    mypy minds `# type: ignore[surestep-...]`; here are minded the comments that silence the lint. What is wrong with
    such comments is for the lint to say.
    """
    findings = list(findings)
    if not findings:
        return
    from surestep_codegen.lint.silencers import silence  # noqa: PLC0415 -- most runs find nothing

    modules = [module for module in project.judge.program.modules.values() if module is not None]
    for finding in silence(findings, modules, is_whole=False):
        one = finding.diagnostic
        severity = project.settings.severities.get(one.code, one.severity)
        if one.code in DETERMINISM_CODES and severity is not None:
            place = Place(one.span.line, one.span.column - 1, one.span.end_line, one.span.end_column - 1)
            text = f"{one.message}; {one.hint}" if one.hint else one.message
            report_error(checker, place, finding.kind, f"{one.code} {text}", severity)


def report_error(
    checker: TypeChecker, place: Place, kind: str, message: str, severity: Severity = Severity.ERROR
) -> None:
    """Report under the code of a kind, such as `surestep-clock`; what is less than an error is a note."""
    checker.errors.report(
        place.line,
        place.column,
        message,
        _error_code(kind),
        severity="error" if severity is Severity.ERROR else "note",
        end_line=place.end_line,
        end_column=place.end_column,
    )


def _error_code(kind: str) -> ErrorCode:
    name = f"surestep-{kind}"
    if name not in _KNOWN:
        _KNOWN[name] = ErrorCode(name, f"What handlers get wrong: {kind}", "Surestep")
    return _KNOWN[name]
