"""Parses the entries of `jobs`: each becomes the events and the function that it stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surestep_dsl.model import EventDef, FunctionDef, JobDef
from surestep_dsl.nodes import Entry, MappingNode
from surestep_dsl.parse.events import parse_event
from surestep_dsl.parse.functions import FUNCTION_KEYS, parse_function
from surestep_dsl.parse.long_form import CRON_KEYS, OWN_KEYS, REFUSED_KEYS, LongForm, write_long_form
from surestep_dsl.parse.reader import Findings, KeyReader, is_id
from surestep_dsl.parse.types import parse_object

__all__ = ["Job", "parse_job"]

_ID: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_KEYS: Final = (*OWN_KEYS, *FUNCTION_KEYS)
_HINT: Final = 'write for instance `{cron: "0 0 * * *", stats: {processed: integer}}`'


@dataclass(frozen=True, slots=True)
class Job:
    """A job with what it stands for, as nodes and as read from them."""

    definition: JobDef
    long_form: LongForm
    events: Mapping[str, EventDef]
    functions: Mapping[str, FunctionDef]


def parse_job(entry: Entry, findings: Findings) -> Job | None:
    """One job; None where its id is not one."""
    definition = JobDef(entry.key.text)
    keys = KeyReader(entry.value, f"the job `{definition.id}`", _KEYS, findings, where=entry.key.span, hint=_HINT)
    _report_misplaced(keys)
    if not _ID.fullmatch(definition.id) or not is_id(definition.function):
        message = f"`{definition.id[:40]}` is not a job id: `domain/name` of small letters, digits and single hyphens"
        findings.add("S111", message, entry.key.span, "for instance provider/sync, whose function is provider-sync")
        return None
    for key in ("options", "stats"):
        if keys.has(key) and not isinstance(keys.entries[key].value, MappingNode):
            parse_object(keys, key)
    long_form = write_long_form(entry.key, keys)
    events = (parse_event(event, findings) for event in long_form.events.entries)
    functions = (parse_function(function, findings) for function in long_form.functions.entries)
    return Job(
        definition,
        long_form,
        {event.name: event for event in events},
        {function.id: function for function in functions if function is not None},
    )


def _report_misplaced(keys: KeyReader) -> None:
    for key, hint in REFUSED_KEYS.items():
        if keys.has(key):
            keys.findings.add("S101", f"{keys.what} has no key `{key}`", keys.key_span(key), hint)
    for key in CRON_KEYS[1:]:
        if keys.has(key) and not keys.has("cron"):
            keys.findings.add("S102", f"`{key}` belongs to a `cron`, and there is none", keys.key_span(key))
