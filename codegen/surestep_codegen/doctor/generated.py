"""Whether the generated code is in date."""

from collections.abc import Iterator

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_generated"]


def check_generated(subject: Subject) -> Iterator[Diagnostic]:
    """One finding for all files, as one command mends them."""
    findings = subject.changes.findings if subject.changes is not None else ()
    if findings:
        name = (subject.source / findings[0].path).relative_to(subject.settings.root).as_posix()
        more = f", and {len(findings) - 1} more" if len(findings) > 1 else ""
        message = f"{findings[0].verdict}{more}: the generated code is not what the specs say"
        hint = "run `surestep generate`; `surestep generate --check` shows the differences"
        yield report("K303", message, subject.span(name), hint)
