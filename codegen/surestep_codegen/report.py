"""What `surestep generate` says: lines of plain text about what differs or was done."""

from collections.abc import Iterator

from surestep_codegen.generate import Changes
from surestep_codegen.manifest import Verdict

__all__ = ["describe_changes", "describe_findings", "describe_foreign"]


def describe_findings(changes: Changes) -> str:
    """For `--check`: a summary in one line."""
    return f"{_files(len(changes.findings))} not up to date" if changes.findings else _up_to_date(changes)


def describe_changes(changes: Changes) -> Iterator[str]:
    """After writing: what the user should know about single files, and a summary in one line."""
    for finding in changes.findings:
        if finding.verdict is Verdict.EDITED:
            yield f"{finding.path}: overwrote an edit by hand"
        elif finding.path in changes.stubs and changes.files[finding.path]:
            yield f"{finding.path}: new, yours to complete"
    if not changes.findings:
        yield _up_to_date(changes)
        return
    orphans = sum(finding.verdict is Verdict.ORPHAN for finding in changes.findings)
    deleted = f", deleted {_files(orphans)}" if orphans else ""
    yield f"wrote {_files(len(changes.files))}{deleted}; {changes.count} are generated"


def describe_foreign(changes: Changes) -> Iterator[str]:
    """Why nothing was written."""
    for finding in changes.foreign:
        yield f"{finding.path}: {finding.verdict}: {finding.mend}"


def _up_to_date(changes: Changes) -> str:
    return f"{_files(changes.count)} up to date"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
