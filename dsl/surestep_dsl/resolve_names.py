"""Looks up every name that is used: types, events, patterns of events, functions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surestep_dsl.codes import find
from surestep_dsl.datatypes import ObjectDef
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.limits import MAX_PATTERN_TRIALS
from surestep_dsl.model import Project
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.parse.reader import Use, UseKind
from surestep_dsl.system_events import RUN_END_EVENTS, SYSTEM_EVENTS, SYSTEM_PREFIX

__all__ = ["look_up_all"]


def look_up_all(uses: Iterable[Use], project: Project, patterns: EventPatterns) -> Iterator[Diagnostic]:
    """What is wrong with the names that are used."""
    events = frozenset((*project.events, *RUN_END_EVENTS))
    look_up = _LookUp(project, patterns, frozenset(project.types), events, frozenset(project.functions))
    return filter(None, map(look_up.judge, uses))


@dataclass(frozen=True, slots=True)
class _LookUp:
    """A project, and the names to guess from."""

    project: Project
    patterns: EventPatterns
    types: frozenset[str]
    events: frozenset[str]
    functions: frozenset[str]

    def judge(self, use: Use) -> Diagnostic | None:
        """What is wrong with a name, if anything."""
        match use.kind:
            case UseKind.TYPE | UseKind.OBJECT_TYPE:
                return self._judge_type(use)
            case UseKind.TRIGGER | UseKind.CANCEL | UseKind.EMIT | UseKind.SEND | UseKind.WAIT:
                return self._judge_event(use)
            case UseKind.INVOKE:
                if use.name in self.project.functions:
                    return None
                hint = did_you_mean(use.name, self.functions, "declare it under `functions`")
                return find("F109", f"there is no function `{use.name}`", use.span, hint)

    def _judge_type(self, use: Use) -> Diagnostic | None:
        definition = self.project.types.get(use.name)
        if definition is None:
            hint = did_you_mean(use.name, self.types, "declare it under `types`")
            return find("T102", f"there is no type `{use.name}`", use.span, hint)
        if use.kind is UseKind.OBJECT_TYPE and not isinstance(definition, ObjectDef):
            return find("T116", f"`{use.name}` is not an object type", use.span, "a payload is an object: use `fields`")
        return None

    def _judge_event(self, use: Use) -> Diagnostic | None:
        if use.name in self.project.events:
            return None
        if "*" in use.name:
            return self._judge_pattern(use)
        if use.name in SYSTEM_EVENTS:
            return _judge_system_event(use)
        hint = did_you_mean(use.name, self.events, "declare it under `events`")
        return find("V102", f"there is no event `{use.name}`", use.span, hint)

    def _judge_pattern(self, use: Use) -> Diagnostic | None:
        if use.kind is not UseKind.TRIGGER:
            return find("V102", f"`{use.name}` is a pattern; only a trigger may be one", use.span, "name the events")
        if use.name.lower().startswith(SYSTEM_PREFIX):
            return find("V103", "a pattern never reaches system events", use.span, "name the event in full")
        if self.patterns.is_exhausted:
            message = f"the patterns of this project take more than {MAX_PATTERN_TRIALS:,} comparisons"
            return find("V108", message, use.span, "name events in full, or begin patterns with more letters")
        if self.patterns.match(use.name):
            return None
        domains = {f"{name.partition('/')[0]}/*" for name in self.events if name in self.project.events}
        return find("V106", f"no declared event matches `{use.name}`", use.span, did_you_mean(use.name, domains))


def _judge_system_event(use: Use) -> Diagnostic | None:
    if use.kind in (UseKind.EMIT, UseKind.SEND):
        return find("V103", f"`{use.name}` is a system event: no function can send it", use.span, "remove it")
    if use.name in RUN_END_EVENTS:
        return None
    hint = "use `cron`" if use.name == "inngest/scheduled.timer" else f"use one of {', '.join(RUN_END_EVENTS)}"
    return find("V103", f"`{use.name}` cannot stand here", use.span, hint)
