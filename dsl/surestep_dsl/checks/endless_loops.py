"""Functions that start each other by events without end."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.flow import EventTrigger
from surestep_dsl.model import Path
from surestep_dsl.strong_components import strong_components

__all__ = ["CHECK"]

_SHOWN: Final = 8
"""Functions of a loop that are named; longer loops are cut."""


class _Node(NamedTuple):
    """A function, an event, or a pattern of events that triggers."""

    kind: str
    name: str


_Edges: TypeAlias = Mapping[_Node, list[_Node]]


def find_endless_loops(view: View) -> Iterator[Diagnostic]:
    """An event that starts a function which sends it again, directly or through others, never comes to rest.

    Counted are the events that functions state in `emits` and `send` steps, and triggers without `if`: one condition
    anywhere in the circle is an end. Where the handlers themselves see to an end, lower or switch off G101 in the
    settings.
    """
    edges = _edges(view)
    for component in strong_components(edges):
        if len(component) > 1:
            yield _report(view, _circle(edges, component))


def _edges(view: View) -> _Edges:
    edges: dict[_Node, list[_Node]] = defaultdict(list)
    patterns: set[str] = set()
    for function_id, names in view.sends.items():
        edges[_Node("function", function_id)] += [_Node("event", name) for name in names]
    for function_id, function in view.project.functions.items():
        for trigger in function.options.triggers:
            if isinstance(trigger, EventTrigger) and trigger.condition is None:
                kind = "pattern" if "*" in trigger.event else "event"
                edges[_Node(kind, trigger.event)].append(_Node("function", function_id))
                patterns |= {trigger.event} if kind == "pattern" else set()
    for pattern in sorted(patterns):
        for name in view.patterns.match(pattern):
            edges[_Node("event", name)].append(_Node("pattern", pattern))
    return edges


def _circle(edges: _Edges, component: Iterable[_Node]) -> list[_Node]:
    """A shortest way from the first function of a component back to it."""
    inside = set(component)
    start = min(node for node in inside if node.kind == "function")
    before: dict[_Node, _Node] = {}
    waiting = deque([start])
    while start not in before:
        node = waiting.popleft()
        for following in edges[node]:
            if following in inside and following not in before:
                before[following] = node
                waiting.append(following)
    way = [start]
    while len(way) == 1 or way[-1] != start:
        way.append(before[way[-1]])
    return way[::-1]


def _report(view: View, circle: list[_Node]) -> Diagnostic:
    way = [node for node in circle if node.kind != "pattern"]
    links = list(zip(way[0::2], way[1::2], way[2::2], strict=False))
    parts = [f"`{sender.name}` sends `{event.name}`" for sender, event, _ in links[:_SHOWN]]
    paths = [_trigger_path(view, event.name, started.name) for _, event, started in links[:_SHOWN]]
    more = ", ..." if len(links) > _SHOWN else ""
    message = f"an endless loop: {', '.join(parts)}{more}, which starts `{way[0].name}` again"
    return view.find_at_last("G101", message, paths, "add an `if` to one of the triggers")


def _trigger_path(view: View, event: str, function_id: str) -> Path:
    for at, trigger in enumerate(view.project.functions[function_id].options.triggers):
        if (
            isinstance(trigger, EventTrigger)
            and trigger.condition is None
            and event in view.patterns.match(trigger.event)
        ):
            return ("functions", function_id, "triggers", at)
    return ("functions", function_id)


_EVENTS: Final = "events: {shop/a: {data: {n: integer}}, shop/b: {data: {n: integer}}}\n"


def _circle_of(first: str, second: str) -> str:
    return f"""{_EVENTS}functions:
  f: {{triggers: {first}, emits: [shop/b]}}
  g: {{triggers: {second}, steps: {{tell: {{send: shop/a}}}}}}
"""


_JOB: Final = "jobs: {shop/sync: {}}\n"

CHECK: Final = Check(
    codes=("G101",),
    find=find_endless_loops,
    valid=(
        _circle_of("{event: shop/a, if: event.data.n > 0}", "{event: shop/b}"),
        _circle_of("{event: shop/a}", "{event: shop/b, if: event.data.n > 0}"),
        _circle_of("{event: shop/a}", "{cron: '0 0 * * *'}"),
        f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/a}}}}}}",
    ),
    invalid=(
        (_circle_of("{event: shop/a}", "{event: shop/b}"), "G101"),
        (_circle_of("{event: shop/*}", "[{event: shop/a, if: event.data.n > 0}, {event: shop/b}]"), "G101"),
        (f"{_EVENTS}functions: {{f: {{triggers: {{event: shop/a}}, emits: [shop/a]}}}}", "G101"),
        (f"{_JOB}functions: {{f: {{triggers: {{event: shop/sync.completed}}, emits: [shop/sync.requested]}}}}", "G101"),
    ),
)
