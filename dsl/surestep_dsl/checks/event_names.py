"""Names of events: what the wire forbids, and the convention."""

import re
from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.limits import MAX_EVENT_NAME_BYTES
from surestep_dsl.system_events import SYSTEM_PREFIX

__all__ = ["CHECK"]

_CONVENTION: Final = re.compile(r"[a-z0-9-]+/[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def find_bad_event_names(view: View) -> Iterator[Diagnostic]:
    """An event's name must be fit for the wire, and should read `domain/noun.verb`.

    The wire forbids empty names, more than 255 bytes, control characters, `*`, white space at either end and the
    prefix `inngest/`. Names such as `payment`, `invoiceWasPaid` or `Order Completed` work, but are hard to group and
    to match with patterns, so they get a warning. Verbs are not judged.
    """
    for name in view.project.events:
        path = ("events", name)
        if problem := _wire_problem(name):
            yield view.find("V101", f"an event name {problem}", path)
        elif not _CONVENTION.fullmatch(name):
            hint = "small letters, digits and hyphens, for instance billing/invoice.paid"
            yield view.find("V201", f"the event name `{name}` does not read `domain/noun.verb`", path, hint)


def _wire_problem(name: str) -> str | None:
    if not name:
        return "must not be empty"
    if len(name.encode()) > MAX_EVENT_NAME_BYTES:
        return f"has at most {MAX_EVENT_NAME_BYTES} bytes, this one has {len(name.encode())}"
    if _CONTROL.search(name):
        return "must not contain control characters"
    if "*" in name:
        return "must not contain `*`: that stands for a pattern in triggers"
    if name != name.strip():
        return "must not begin or end with white space"
    if name.lower().startswith(SYSTEM_PREFIX):
        return f"must not begin with `{SYSTEM_PREFIX}`: these are system events"
    return None


CHECK: Final = Check(
    codes=("V101", "V201"),
    find=find_bad_event_names,
    valid=("events: {billing/invoice.paid: {}, email/sent: {}, ai-chat/message_part.stream-ended: {}}",),
    invalid=(
        ('events: {"": {}}', "V101"),
        ("events: {order/*: {}}", "V101"),
        ('events: {" order/created": {}}', "V101"),
        ("events: {Inngest/function.failed: {}}", "V101"),
        ('events: {"order/a\\tb": {}}', "V101"),
        (f"events: {{order/{'x' * 250}: {{}}}}", "V101"),
        ("events: {payment: {}}", "V201"),
        ("events: {invoiceWasPaid: {}}", "V201"),
        ("events: {Order Completed: {}}", "V201"),
    ),
)
