"""The project as a graph: who sends, who handles, who waits, who cancels, who invokes.

Pure data in a fixed order; `graph_text` spells it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.flow import CronTrigger, EventTrigger
from surestep_dsl.model import (
    FunctionDef,
    InvokeStep,
    Project,
    RunStep,
    SendStep,
    SleepStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)

__all__ = ["Edge", "Graph", "Node", "NodeKind", "build_graph", "sent_events"]


class NodeKind(StrEnum):
    """What stands at a node."""

    EVENT = "event"
    FUNCTION = "function"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Node:
    """An event, a function or a declared step.

    Attributes:
        name: the event's name, or the id of the function that it is or belongs to.
        step: the step's id; empty for what is none.
        notes: what else to show, a line each: schedules of a function.
    """

    kind: NodeKind
    name: str
    step: str = ""
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[NodeKind, str, str]:
        """What tells it from all other nodes."""
        return self.kind, self.name, self.step


@dataclass(frozen=True, slots=True)
class Edge:
    """From who acts to who is acted on; `is_conditional` where an `if` or `match` decides.

    Attributes:
        label: `sends`, `starts`, `answers`, `cancels` or `invokes`.
    """

    source: Node
    target: Node
    label: str
    is_conditional: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Events first, then functions, each followed by its steps in the order written; edges by function."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def sent_events(project: Project) -> Mapping[str, tuple[str, ...]]:
    """For each function what it is known to send, by its handler or by the runtime."""
    ends = _ends_of_jobs(project)
    return {name: (*(function.sends or ()), *ends.get(name, ())) for name, function in project.functions.items()}


def _ends_of_jobs(project: Project) -> Mapping[str, tuple[str, ...]]:
    """What the runtime sends when a run of a function has ended."""
    return {job.function: (job.completed, job.failed) for job in project.jobs.values()}


def build_graph(project: Project) -> Graph:
    """Everything that specs say about who talks to whom."""
    return _Builder(project).build()


class _Builder:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.patterns = EventPatterns(project.events)
        self.ends = _ends_of_jobs(project)
        self.functions = {
            name: Node(NodeKind.FUNCTION, name, notes=tuple(_crons(function)))
            for name, function in project.functions.items()
        }

    def build(self) -> Graph:
        edges = tuple(edge for function in self.project.functions.values() for edge in self._edges(function))
        used = {node for edge in edges for node in (edge.source, edge.target) if node.kind is NodeKind.EVENT}
        names = sorted({*self.project.events, *(node.name for node in used)})
        nodes = [_event(name) for name in names]
        for function in self.project.functions.values():
            nodes.append(self.functions[function.id])
            nodes.extend(_step(function, step) for step in function.steps or ())
        return Graph(tuple(nodes), edges)

    def _edges(self, function: FunctionDef) -> Iterator[Edge]:
        here = self.functions[function.id]
        for trigger in function.options.triggers:
            if isinstance(trigger, EventTrigger):
                names = self.patterns.match(trigger.event) if "*" in trigger.event else (trigger.event,)
                for name in names:
                    yield Edge(_event(name), here, "starts", trigger.condition is not None)
        for cancel in function.options.cancel_on:
            is_conditional = cancel.match is not None or cancel.condition is not None
            yield Edge(_event(cancel.event), here, "cancels", is_conditional)
        for name in self._sent_by_handler(function):
            yield Edge(here, _event(name), "sends")
        for step in function.steps or ():
            yield from self._step_edges(step, _step(function, step))

    def _sent_by_handler(self, function: FunctionDef) -> tuple[str, ...]:
        """What no declared step sends."""
        by_steps = {name for step in function.steps or () if isinstance(step, SendStep) for name in step.events}
        names = {*(function.options.emits or ()), *self.ends.get(function.id, ())}
        return tuple(sorted(names - by_steps))

    def _step_edges(self, step: StepDef, here: Node) -> Iterator[Edge]:
        match step:
            case SendStep(events=events):
                yield from (Edge(here, _event(name), "sends") for name in sorted(events))
            case WaitStep():
                is_conditional = step.match is not None or step.condition is not None
                yield Edge(_event(step.event), here, "answers", is_conditional)
            case InvokeStep(function=function):
                yield Edge(here, self.functions[function], "invokes")
            case RunStep() | SleepStep() | SleepUntilStep():
                pass


def _event(name: str) -> Node:
    return Node(NodeKind.EVENT, name)


def _step(function: FunctionDef, step: StepDef) -> Node:
    return Node(NodeKind.STEP, function.id, step.id)


def _crons(function: FunctionDef) -> Iterator[str]:
    for trigger in function.options.triggers:
        if isinstance(trigger, CronTrigger):
            yield f"{trigger.cron} {trigger.timezone}"
