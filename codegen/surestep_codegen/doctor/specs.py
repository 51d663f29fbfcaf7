"""Whether the specs can be used."""

from collections.abc import Iterator

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.report import render_summary

__all__ = ["check_specs"]


def check_specs(subject: Subject) -> Iterator[Diagnostic]:
    """Errors are counted, at the first of them; `surestep check` shows all."""
    errors = subject.loaded.errors
    if errors:
        summary = render_summary(errors, len(subject.loaded.sources))
        yield report("K301", f"{summary}, so nothing more is examined", errors[0].span, "run `surestep check`")
