"""Joins all files to one project: one namespace, every name looked up, wildcards expanded.

Answers with a project even where names are unknown (unknown types become json), so that the checks can look at the
rest.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from surestep_dsl.codes import find
from surestep_dsl.datatypes import ObjectDef, ObjectOf, TypeDef
from surestep_dsl.diagnostics import Diagnostic, Related, Span
from surestep_dsl.flow import EventTrigger
from surestep_dsl.model import EventDef, EventVersion, FunctionDef, Path, Project
from surestep_dsl.nearest import MAX_GUESSES, did_you_mean
from surestep_dsl.nodes import MappingNode
from surestep_dsl.parse.document import Document
from surestep_dsl.parse.reader import Use, UseKind
from surestep_dsl.places import Places
from surestep_dsl.resolve_types import TypeResolver
from surestep_dsl.system_events import RUN_END_EVENTS, SYSTEM_EVENTS, SYSTEM_PREFIX

__all__ = ["Resolved", "matching_events", "resolve_documents"]

_Definition = TypeVar("_Definition", TypeDef, EventDef, FunctionDef)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A project with the places of everything in it and the names it uses."""

    project: Project
    places: Places
    uses: tuple[Use, ...]
    diagnostics: tuple[Diagnostic, ...]


def resolve_documents(documents: Iterable[Document]) -> Resolved:
    """One project of all documents; their order does not matter."""
    ordered = sorted(documents, key=lambda document: document.source.file)
    places, found = Places(), list[Diagnostic]()
    for document in ordered:
        places.add(document.root)
    app = _join_apps(ordered, found)
    types = _join(ordered, "types", lambda document: document.types, found)
    events = _join(ordered, "events", lambda document: document.events, found)
    functions = _join(ordered, "functions", lambda document: document.functions, found)
    resolver = TypeResolver(types, places)
    project = Project(
        app,
        next((document.description for document in ordered if document.description), ""),
        resolver.resolve_named(),
        {name: _resolve_event(event, resolver) for name, event in sorted(events.items())},
        {name: _resolve_function(function, resolver, events) for name, function in sorted(functions.items())},
        places,
    )
    uses = tuple(use for document in ordered for use in document.uses)
    found.extend(resolver.found)
    found.extend(_look_up_all(uses, project))
    return Resolved(project, places, uses, tuple(found))


def matching_events(pattern: str, events: Iterable[str]) -> tuple[str, ...]:
    """Declared events that a name or a pattern such as `order/*` reaches, sorted; never system events."""
    expression = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)
    return tuple(sorted(name for name in events if expression.fullmatch(name)))


def _join_apps(documents: Iterable[Document], found: list[Diagnostic]) -> str:
    documents = list(documents)
    stated = [document.app for document in documents if document.app]
    if documents and not any(document.states_app for document in documents):
        message = "no file says which app this is"
        found.append(find("S102", message, documents[0].source.span(0, 1), "write `app: shop` below `spec: 1`"))
    for app, span in stated[1:]:
        if app != stated[0][0]:
            first = Related(stated[0][1], f"here it is `{stated[0][0]}`")
            found.append(find("S116", f"the app is `{app}` here and `{stated[0][0]}` elsewhere", span, None, first))
    return stated[0][0] if stated else ""


def _join(
    documents: Iterable[Document],
    section: str,
    entries: Callable[[Document], Mapping[str, _Definition]],
    found: list[Diagnostic],
) -> dict[str, _Definition]:
    """The entries of one section of all files; of two with one name the first counts."""
    joined: dict[str, _Definition] = {}
    first: dict[str, Document] = {}
    for document in documents:
        for name, definition in entries(document).items():
            if name in joined:
                span = _place_of(document, section, name)
                related = Related(_place_of(first[name], section, name), "first declared here")
                found.append(find("S115", f"`{name}` is declared twice", span, "remove or rename one of them", related))
                continue
            joined[name], first[name] = definition, document
    return joined


def _place_of(document: Document, section: str, name: str) -> Span:
    """Where a declaration's key stands in one file; `places` of the project knows only the first of two."""
    node, span = document.root, document.root.span
    for key in (section, name):
        entries = node.entries if isinstance(node, MappingNode) else ()
        for entry in entries:
            if entry.key.text == key:
                node, span = entry.value, entry.key.span
    return span


def _resolve_event(event: EventDef, resolver: TypeResolver) -> EventDef:
    path: Path = ("events", event.name)
    fields = resolver.fields(event.fields, (*path, "data"))
    previous = tuple(
        EventVersion(
            version.version, resolver.fields(version.fields, (*path, "previous", at, "data")), version.data_type
        )
        for at, version in enumerate(event.previous)
    )
    definition = resolver.types.get(event.data_type or "")
    payload = definition.fields if isinstance(definition, ObjectDef) else fields
    examples = resolver.examples(event.examples, ObjectOf(payload), path)
    return replace(event, fields=fields, previous=previous, examples=examples)


def _resolve_function(function: FunctionDef, resolver: TypeResolver, events: Mapping[str, EventDef]) -> FunctionDef:
    path: Path = ("functions", function.id)
    names = [trigger.event for trigger in function.options.triggers if isinstance(trigger, EventTrigger)]
    reached = {name for name in names if name in RUN_END_EVENTS}
    for name in names:
        reached.update(matching_events(name, events) if "*" in name else {name} & events.keys())
    return replace(
        function,
        trigger_events=tuple(sorted(reached)),
        input=None if function.input is None else resolver.fields(function.input, (*path, "input")),
        returns=None if function.returns is None else resolver.data_type(function.returns, (*path, "returns")),
    )


def _look_up_all(uses: Iterable[Use], project: Project) -> Iterator[Diagnostic]:
    """What is wrong with the names that are used; past the first hundred without a guess at what was meant."""
    types, events = list(project.types), [*project.events, *RUN_END_EVENTS]
    problems = 0
    for use in uses:
        if problem := _look_up(use, project, types, events):
            yield problem
            problems += 1
        if problems == MAX_GUESSES:
            types, events = [], []


def _look_up(use: Use, project: Project, types: Sequence[str], events: Sequence[str]) -> Diagnostic | None:
    """What is wrong with a name that is used, if anything; `types` and `events` are those to guess from."""
    match use.kind:
        case UseKind.TYPE | UseKind.OBJECT_TYPE:
            definition = project.types.get(use.name)
            if definition is None:
                hint = did_you_mean(use.name, types, "declare it under `types`")
                return find("T102", f"there is no type `{use.name}`", use.span, hint)
            if use.kind is UseKind.OBJECT_TYPE and not isinstance(definition, ObjectDef):
                return find(
                    "T116", f"`{use.name}` is not an object type", use.span, "`data` is an object: use `fields`"
                )
            return None
        case UseKind.TRIGGER | UseKind.CANCEL | UseKind.EMIT:
            return _look_up_event(use, project, events)


def _look_up_event(use: Use, project: Project, events: Sequence[str]) -> Diagnostic | None:
    if use.name in project.events:
        return None
    if "*" in use.name:
        return _look_up_pattern(use, project, events)
    if use.name in SYSTEM_EVENTS:
        return _judge_system_event(use)
    hint = did_you_mean(use.name, events, "declare it under `events`")
    return find("V102", f"there is no event `{use.name}`", use.span, hint)


def _look_up_pattern(use: Use, project: Project, events: Sequence[str]) -> Diagnostic | None:
    if use.kind is not UseKind.TRIGGER:
        return find("V102", f"`{use.name}` is a pattern; only a trigger may be one", use.span, "name the events")
    if use.name.lower().startswith(SYSTEM_PREFIX):
        return find("V103", "a pattern never reaches system events", use.span, "name the event in full")
    if matching_events(use.name, project.events):
        return None
    hint = did_you_mean(use.name, {f"{name.partition('/')[0]}/*" for name in events if name in project.events})
    return find("V106", f"no declared event matches `{use.name}`", use.span, hint)


def _judge_system_event(use: Use) -> Diagnostic | None:
    if use.kind is UseKind.EMIT:
        return find("V103", f"`{use.name}` is a system event: no function can send it", use.span, "remove it")
    if use.name in RUN_END_EVENTS:
        return None
    hint = "use `cron`" if use.name == "inngest/scheduled.timer" else f"use one of {', '.join(RUN_END_EVENTS)}"
    return find("V103", f"`{use.name}` cannot stand here", use.span, hint)
