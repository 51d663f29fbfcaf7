"""Joins all files to one project: one namespace, every name looked up, wildcards expanded.

Answers with a project even where names are unknown (unknown types become json), so that the checks can look at the
rest.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from surestep_dsl.codes import cut_findings, find
from surestep_dsl.datatypes import ObjectDef, ObjectOf, TypeDef
from surestep_dsl.diagnostics import Diagnostic, Related, Span
from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.flow import EventTrigger
from surestep_dsl.model import EventDef, FunctionDef, Path, Project, RunStep, StepDef
from surestep_dsl.nodes import MappingNode
from surestep_dsl.parse.document import Document
from surestep_dsl.parse.jobs import Job
from surestep_dsl.parse.reader import Use
from surestep_dsl.places import Places
from surestep_dsl.resolve_names import look_up_all
from surestep_dsl.resolve_types import TypeResolver
from surestep_dsl.system_events import RUN_END_EVENTS

__all__ = ["Resolved", "resolve_documents"]

_Definition = TypeVar("_Definition", TypeDef, EventDef, FunctionDef, Job)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A project with the places of everything in it and the names it uses."""

    project: Project
    places: Places
    uses: tuple[Use, ...]
    patterns: EventPatterns
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
    jobs = _join(ordered, "jobs", lambda document: document.jobs, found)
    for job in jobs.values():
        places.add(job.long_form.events, ("events",))
        places.add(job.long_form.functions, ("functions",))
        _add_made(events, "events", job, job.events, places, found)
        _add_made(functions, "functions", job, job.functions, places, found)
    resolver, patterns = TypeResolver(types, places), EventPatterns(events, RUN_END_EVENTS)
    project = Project(
        app,
        next((document.description for document in ordered if document.description), ""),
        resolver.resolve_named(),
        {name: _resolve_event(event, resolver) for name, event in sorted(events.items())},
        {name: _resolve_function(function, resolver, patterns) for name, function in sorted(functions.items())},
        {name: job.definition for name, job in sorted(jobs.items())},
        places,
    )
    uses = tuple(use for document in ordered for use in document.uses)
    found.extend(resolver.found)
    found.extend(cut_findings(look_up_all(uses, project, patterns)))
    return Resolved(project, places, uses, patterns, tuple(found))


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


def _add_made(
    joined: dict[str, _Definition],
    section: str,
    job: Job,
    made: Mapping[str, _Definition],
    places: Places,
    found: list[Diagnostic],
) -> None:
    """Add what a job stands for; of two with one name the other counts."""
    for name, definition in made.items():
        if name in joined:
            first, last = sorted((places[section, name], places["jobs", job.definition.id]))
            message = f"`{name}` is declared twice: the job `{job.definition.id}` stands for it, too"
            related = Related(first, "first declared here")
            found.append(find("S115", message, last, "remove or rename one of them", related))
        joined.setdefault(name, definition)


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
        replace(version, fields=resolver.fields(version.fields, (*path, "previous", at, "data")))
        for at, version in enumerate(event.previous)
    )
    definition = resolver.types.get(event.data_type or "")
    payload = definition.fields if isinstance(definition, ObjectDef) else fields
    examples = resolver.examples(event.examples, ObjectOf(payload), path)
    return replace(event, fields=fields, previous=previous, examples=examples)


def _resolve_function(function: FunctionDef, resolver: TypeResolver, patterns: EventPatterns) -> FunctionDef:
    path: Path = ("functions", function.id)
    names = [trigger.event for trigger in function.options.triggers if isinstance(trigger, EventTrigger)]
    return replace(
        function,
        trigger_events=patterns.reach(names),
        input=None if function.input is None else resolver.fields(function.input, (*path, "input")),
        returns=None if function.returns is None else resolver.data_type(function.returns, (*path, "returns")),
        steps=None if function.steps is None else tuple(_resolve_step(step, path, resolver) for step in function.steps),
    )


def _resolve_step(step: StepDef, path: Path, resolver: TypeResolver) -> StepDef:
    if isinstance(step, RunStep) and step.returns is not None:
        return replace(step, returns=resolver.data_type(step.returns, (*path, "steps", step.id, "run")))
    return step
