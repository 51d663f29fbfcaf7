"""Decides what the reference says: from a checked project to entries, sorted by name like the project itself."""

import json

from surestep_codegen.exports.docs.fields import field_rows, fields_or_name, find_object, notes_of, type_parts
from surestep_codegen.exports.docs.links import Links, anchor
from surestep_codegen.exports.docs.model import (
    Docs,
    EventEntry,
    FieldRow,
    Fields,
    FunctionEntry,
    JobEntry,
    Link,
    StepRow,
    TypeEntry,
    Version,
)
from surestep_codegen.exports.docs.options import option_rows
from surestep_codegen.exports.docs.relations import STARTED_BY, Relations
from surestep_codegen.exports.docs.samples import make_sample
from surestep_codegen.limits import MAX_DRAWN_CHARACTERS, MAX_DRAWN_EDGES
from surestep_dsl.datatypes import AliasDef, DataType, EnumDef, Field, JsonValue, ObjectDef, TaggedUnionDef, TypeDef
from surestep_dsl.duration import format_duration
from surestep_dsl.flow import CronTrigger, EventTrigger, Trigger
from surestep_dsl.graph import Graph, NodeKind, build_graph
from surestep_dsl.graph_text import render_mermaid
from surestep_dsl.model import (
    EventDef,
    FunctionDef,
    InvokeStep,
    JobDef,
    Project,
    RunStep,
    SendStep,
    SleepStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)

__all__ = ["plan_docs"]


def plan_docs(project: Project, suffix: str) -> Docs:
    """The reference; `suffix` is that of its files, or empty where it is to be one document."""
    return _Planner(project, Links(project, suffix)).plan()


class _Planner:
    def __init__(self, project: Project, links: Links) -> None:
        self.project, self.links = project, links
        self.graph = build_graph(project)
        self.relations = Relations.of(self.graph, links)

    def plan(self) -> Docs:
        project, links = self.project, self.links
        listed = {
            "events": tuple(map(links.event, project.events)),
            "functions": tuple(map(links.function, project.functions)),
            "types": tuple(map(links.type, project.types)),
            "jobs": tuple(map(links.job, project.jobs)),
        }
        return Docs(
            app=project.app,
            description=project.description,
            pages=links.pages,
            contents=tuple((links.section(name), entries) for name, entries in listed.items() if entries),
            graph=_draw(self.graph),
            events=tuple(map(self._event, project.events.values())),
            functions=tuple(map(self._function, project.functions.values())),
            types=tuple(map(self._type, project.types.values())),
            jobs=tuple(map(self._job, project.jobs.values())),
        )

    def _event(self, event: EventDef) -> EventEntry:
        examples = event.examples
        if not examples:
            sample = make_sample(self.project.fields_of(event.fields, event.data_type), self.project.types)
            examples = () if sample is None else (sample,)
        badges = {"external": event.external, "deprecated": event.deprecated}
        facts = {"Version": event.version, "Deduplication id": event.id_template}
        return EventEntry(
            anchor=anchor("event", event.name),
            name=event.name,
            description=event.description,
            badges=tuple(badge for badge, is_on in badges.items() if is_on),
            facts=tuple((name, value) for name, value in facts.items() if value is not None),
            data=self._fields(event.fields, event.data_type),
            previous=tuple(
                Version(older.version, older.description, self._fields(older.fields, older.data_type))
                for older in event.previous
            ),
            examples=tuple(map(_pretty, examples)),
            is_sample=not event.examples,
            relations=self.relations.about(NodeKind.EVENT, event.name),
            flow=self.relations.flow(NodeKind.EVENT, event.name, self.links.event(event.name)),
        )

    def _function(self, function: FunctionDef) -> FunctionEntry:
        options = function.options
        relations = self.relations.about(NodeKind.FUNCTION, function.id)
        # its triggers say it already, unless a pattern among them reaches others
        has_pattern = any(isinstance(found, EventTrigger) and "*" in found.event for found in options.triggers)
        return FunctionEntry(
            anchor=anchor("function", function.id),
            id=function.id,
            name=options.name,
            description=options.description,
            triggers=tuple(map(self._trigger, options.triggers)),
            input=self._fields(function.input or (), function.input_type) if function.has_input else None,
            result=() if function.returns is None else type_parts(function.returns, self.links.type),
            result_rows=() if function.returns is None else self._rows_in(function.returns),
            options=tuple(option_rows(options)),
            steps=tuple(map(self._step, function.steps or ())),
            states_sends=function.sends is not None,
            relations=tuple(found for found in relations if has_pattern or found.label != STARTED_BY),
            flow=self.relations.flow(NodeKind.FUNCTION, function.id, self.links.function(function.id)),
        )

    def _trigger(self, trigger: Trigger) -> tuple[Link, str]:
        match trigger:
            case EventTrigger(event, condition):
                return self.links.event(event), "" if condition is None else f"if {condition}"
            case CronTrigger(cron, timezone):
                return Link(cron), timezone

    def _step(self, step: StepDef) -> StepRow:
        kind, about = self._step_about(step)
        repeats = " (repeats)" if step.repeats else ""
        return StepRow(step.id, f"{kind}{repeats}", about, step.description)

    def _step_about(self, step: StepDef) -> tuple[str, tuple[Link, ...]]:
        match step:
            case RunStep(returns=returns):
                return "run", () if returns is None else type_parts(returns, self.links.type)
            case SleepStep(duration_ms=duration):
                return "sleep", (Link(format_duration(duration)),)
            case SleepUntilStep():
                return "sleep until", ()
            case WaitStep(event=event, timeout_ms=timeout):
                return "wait for event", (self.links.event(event), Link(f" within {format_duration(timeout)}"))
            case InvokeStep(function=function, timeout_ms=timeout):
                return "invoke", (self.links.function(function), Link(f" within {format_duration(timeout)}"))
            case SendStep(events=events):
                names = [part for name in events for part in (self.links.event(name), Link(", "))]
                return "send", tuple(names[:-1])

    def _type(self, definition: TypeDef) -> TypeEntry:
        kind, parts, notes, rows = self._shape(definition)
        values = definition.values if isinstance(definition, EnumDef) else ()
        about = definition.descriptions if isinstance(definition, EnumDef) else {}
        examples = definition.examples if isinstance(definition, ObjectDef | AliasDef) else ()
        return TypeEntry(
            anchor=anchor("type", definition.name),
            name=definition.name,
            kind=kind,
            description=definition.description,
            is_deprecated=definition.deprecated,
            type=parts,
            notes=notes,
            rows=rows,
            values=tuple((str(value), about.get(str(value), "")) for value in values),
            examples=tuple(map(_pretty, examples)),
        )

    def _shape(self, definition: TypeDef) -> tuple[str, tuple[Link, ...], tuple[str, ...], tuple[FieldRow, ...]]:
        """The kind of a type, its expression, its constraints and its fields."""
        match definition:
            case ObjectDef(fields=fields):
                return "object", (), (), tuple(field_rows(fields, self.links.type))
            case EnumDef():
                return "enum", (), (), ()
            case AliasDef(of=of, sensitive=sensitive):
                notes = (*notes_of(of), *(("sensitive",) if sensitive else ()))
                return "alias", type_parts(of, self.links.type), notes, self._rows_in(of)
            case TaggedUnionDef(on=on, members=members):
                parts = [part for name in members for part in (self.links.type(name), Link(" | "))]
                return "union", tuple(parts[:-1]), (f"told apart by the field {on}",), ()

    def _job(self, job: JobDef) -> JobEntry:
        function = self.project.functions[job.function]
        crons = (trigger for trigger in function.options.triggers if isinstance(trigger, CronTrigger))
        roles = {
            job.requested: "asks for a run",
            job.completed: "tells that a run is done",
            job.failed: "tells that a run failed for good",
            job.cancelled: "cancels the run with its log id",
        }
        return JobEntry(
            anchor=anchor("job", job.id),
            id=job.id,
            description=function.options.description,
            schedules=tuple(f"{trigger.cron} {trigger.timezone}" for trigger in crons),
            function=self.links.function(job.function),
            events=tuple((self.links.event(name), role) for name, role in roles.items()),
        )

    def _fields(self, fields: tuple[Field, ...], data_type: str | None) -> Fields:
        return fields_or_name(fields, data_type, self.links.type)

    def _rows_in(self, data_type: DataType) -> tuple[FieldRow, ...]:
        fields, path = find_object(data_type)
        return tuple(field_rows(fields, self.links.type, f"{path}." if path else ""))


def _draw(graph: Graph) -> str:
    if not graph.edges or len(graph.edges) > MAX_DRAWN_EDGES:
        return ""
    text = render_mermaid(graph)
    return text if len(text) <= MAX_DRAWN_CHARACTERS else ""


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
