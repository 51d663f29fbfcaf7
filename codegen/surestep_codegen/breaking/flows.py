"""What flows from one contract to the other: which types meet, and where.

Producers send an event with the version that their contract states, and it is judged by that version's schema as long
as the new contract accepts it. Consumers read the current version: older ones are lifted before anybody sees them.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from surestep_codegen.breaking.sides import At, at_path
from surestep_dsl.datatypes import DataType, Field, Named, ObjectOf, Scalar, ScalarKind, UnionOf
from surestep_dsl.model import EventDef, FunctionDef, Path, Project, RunStep, WaitStep

__all__ = ["Flow", "accepted_versions", "flows_of_events", "flows_of_inputs", "flows_of_results", "flows_to_readers"]

_NULL = Scalar(ScalarKind.NULL)


class Flow(NamedTuple):
    """Values of `given` that meet `wanted`.

    Attributes:
        user: the event or function concerned, as messages name it.
        where: the payload concerned.
        version: of the event, where both contracts state it.
    """

    user: str
    given: At
    wanted: At
    where: Path
    version: str | None = None


def accepted_versions(event: EventDef) -> Mapping[str | None, At]:
    """The payload of each version that is accepted, the current one first."""
    path: Path = ("events", event.name)
    return {
        event.version: _payload(event.fields, event.data_type, (*path, "data")),
        **{
            older.version: _payload(older.fields, older.data_type, (*path, "previous", at, "data"))
            for at, older in enumerate(event.previous)
        },
    }


def flows_of_events(old: Project, new: Project) -> Iterator[Flow]:
    """What producers send. A version that the new contract does not know is held against its current one."""
    for name, event in old.events.items():
        if name in new.events:
            wanted = accepted_versions(new.events[name])
            current = next(iter(wanted.values()))
            for version, given in accepted_versions(event).items():
                where = ("events", name, "data") if version == event.version else ("events", name, "previous", version)
                known = version if version in wanted else None
                yield Flow(name, given, wanted.get(version, current), tuple(map(str, where)), known)


def flows_to_readers(old: Project, new: Project) -> Iterator[Flow]:
    """What consumers read."""
    for name, event in old.events.items():
        if name in new.events:
            yield Flow(name, _current(new.events[name]), _current(event), ("events", name, "data"))


def flows_of_inputs(old: Project, new: Project) -> Iterator[Flow]:
    """What functions are invoked with, where either contract says so; the data of triggers is judged as events."""
    for function_id, function in old.functions.items():
        other = new.functions.get(function_id)
        if other is not None and (function.has_input or other.has_input):
            given = _input(old, function)
            if given.type != _NULL:
                yield Flow(function_id, given, _input(new, other), ("functions", function_id, "input"))


def flows_of_results(old: Project, new: Project) -> Iterator[Flow]:
    """What runs in flight keep: results of functions that they invoke, of their steps, and events they waited for."""
    for function_id, function in old.functions.items():
        other = new.functions.get(function_id)
        if other is not None:
            path: Path = ("functions", function_id, "returns")
            yield Flow(function_id, _result(function.returns, path), _result(other.returns, path), path)
            yield from _flows_of_steps(old, new, function, other)


def _flows_of_steps(old: Project, new: Project, function: FunctionDef, other: FunctionDef) -> Iterator[Flow]:
    steps = {step.id: step for step in other.steps or ()}
    for step in function.steps or ():
        user, path = f"{function.id}, step {step.id}", ("functions", function.id, "steps", step.id, "run")
        match step, steps.get(step.id):
            case RunStep(returns=ours), RunStep(returns=theirs):
                yield Flow(user, _result(ours, path), _result(theirs, path), path)
            case WaitStep(event=name), WaitStep(event=awaited) if name == awaited:
                before, now = old.events.get(name), new.events.get(name)
                if before is not None and now is not None:
                    yield Flow(user, _current(before), _current(now), ("events", name, "data"))
            case _:
                pass


def _current(event: EventDef) -> At:
    return _payload(event.fields, event.data_type, ("events", event.name, "data"))


def _payload(fields: tuple[Field, ...], data_type: str | None, path: Path) -> At:
    """Fields stand right below the path, or are those of an object type."""
    return At(ObjectOf(fields), path, path, path) if data_type is None else at_path(Named(data_type), path)


def _result(returns: DataType | None, path: Path) -> At:
    return at_path(_NULL if returns is None else returns, path)


def _input(project: Project, function: FunctionDef) -> At:
    """What an invocation passes: as stated, or else the data of the triggers; null where there are none."""
    path: Path = ("functions", function.id, "input")
    if function.has_input:
        return _payload(function.input or (), function.input_type, path)
    events = [project.events[name] for name in function.trigger_events if name in project.events]
    types = tuple(ObjectOf(event.fields) if event.data_type is None else Named(event.data_type) for event in events)
    return at_path(UnionOf(types) if types else _NULL, path)
