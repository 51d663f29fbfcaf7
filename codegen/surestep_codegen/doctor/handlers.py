"""Whether every handler is there, once, and every upcaster."""

from collections.abc import Iterator

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_handlers"]


def check_handlers(subject: Subject) -> Iterator[Diagnostic]:
    """What `surestep sync` leaves to the user, and each module that it would change."""
    if subject.survey is None or subject.changes is None:
        return
    yield from subject.survey.diagnostics
    yield from subject.changes.problems
    for change in subject.survey.changes:
        if change.before is not None:
            name = (subject.source / change.path).relative_to(subject.settings.root).as_posix()
            message = "a module of handlers is not in step with the specs"
            hint = "run `surestep sync` to see why, `surestep sync --write` to mend it"
            yield report("K304", message, subject.span(name), hint)
