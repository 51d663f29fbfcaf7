"""Events that nothing sends."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]


def find_unsent_events(view: View) -> Iterator[Diagnostic]:
    """An event that no function sends comes from outside, and may say so with `external: true`.

    Reported only where every function states what it sends, by `emits` or `steps`. Events of jobs are left out: they
    come from whoever asks for a run, or from the runtime.
    """
    if view.all_sent is None:
        return
    for name, event in view.project.events.items():
        if name not in view.all_sent and not event.external and name not in view.job_events:
            hint = "write `external: true` if it comes from outside"
            yield view.find("G301", f"nobody sends `{name}`", ("events", name), hint)


CHECK: Final = Check(
    codes=("G301",),
    find=find_unsent_events,
    valid=(
        "events: {shop/a: {external: true}}\nfunctions: {f: {triggers: {event: shop/a}, emits: []}}",
        "events: {shop/a: {}}\nfunctions: {f: {triggers: {event: shop/a}, emits: []}, g: {}}",
        "events: {shop/a: {}}",
        "jobs: {shop/sync: {emits: []}}",
    ),
    invalid=(("events: {shop/a: {}}\nfunctions: {f: {triggers: {event: shop/a}, emits: []}}", "G301"),),
)
