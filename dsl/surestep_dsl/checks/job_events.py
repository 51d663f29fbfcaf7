"""Events of jobs that nobody but the runtime may send."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.parse.reader import UseKind

__all__ = ["CHECK"]


def find_forged_job_events(view: View) -> Iterator[Diagnostic]:
    """The runtime itself tells once how a run of a job ended; no handler may.

    So no `emits` and no `send` step names the `.completed` or `.failed` event of a job, not even the job's own.
    """
    made = {name: job.id for job in view.project.jobs.values() for name in (job.completed, job.failed)}
    for use in view.uses:
        if use.kind in (UseKind.EMIT, UseKind.SEND) and use.name in made:
            message = f"only the runtime sends `{use.name}`, when a run of the job `{made[use.name]}` has ended"
            yield find("F113", message, use.span, "remove it; return the job's stats, or raise")


_JOB: Final = "jobs: {shop/sync: {cron: '0 0 * * *'}}\n"

CHECK: Final = Check(
    codes=("F113",),
    find=find_forged_job_events,
    valid=(
        f"{_JOB}functions: {{f: {{triggers: {{event: shop/sync.failed}}}}}}",
        f"{_JOB}functions: {{f: {{emits: [shop/sync.requested], steps: {{s: {{send: shop/sync.requested}}}}}}}}",
    ),
    invalid=(
        (f"{_JOB}functions: {{f: {{emits: [shop/sync.completed]}}}}", "F113"),
        (f"{_JOB}functions: {{f: {{steps: {{tell: {{send: shop/sync.failed}}}}}}}}", "F113"),
        ("jobs: {shop/sync: {emits: [shop/sync.completed]}}", "F113"),
    ),
)
