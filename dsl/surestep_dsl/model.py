"""A checked project: what the specs of one app say, resolved, without a trace of YAML.

This is what `load` returns and all that the generator, the exports and the graph checks read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from surestep_dsl.datatypes import DataType, Field, JsonValue, ObjectDef, TypeDef
from surestep_dsl.diagnostics import Span
from surestep_dsl.flow import Backoff, FunctionOptions, Lookback

__all__ = [
    "EventDef",
    "EventVersion",
    "FunctionDef",
    "InvokeStep",
    "JobDef",
    "Path",
    "Project",
    "RunStep",
    "SendStep",
    "SleepStep",
    "SleepUntilStep",
    "StepDef",
    "WaitStep",
]

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the merged document, for instance `("functions", "process-order", "triggers", 0, "if")`."""


@dataclass(frozen=True, slots=True)
class EventVersion:
    """An older version of an event that is still accepted; its payload is stated like that of `EventDef`."""

    version: str
    fields: tuple[Field, ...] = ()
    data_type: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class EventDef:
    """An event.

    Attributes:
        fields: the payload, in the order written; empty where `data_type` names it.
        data_type: the name of an object type used as payload, or None.
        id_template: `invoice-paid-{invoiceId}`, as written, or None.
        previous: as written, which is newest first; each version differs from the others and from the current one.
        python: class name chosen with `python:`.
    """

    name: str
    fields: tuple[Field, ...] = ()
    data_type: str | None = None
    description: str = ""
    version: str | None = None
    id_template: str | None = None
    previous: tuple[EventVersion, ...] = ()
    deprecated: bool = False
    external: bool = False
    examples: tuple[JsonValue, ...] = ()
    python: str | None = None


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step that runs user code.

    Attributes:
        repeats: the method takes a key, and the step's id is `<id>-<key>`; so for every kind of step.
        returns: result type; None means that the body returns None.
        retries: how often it is tried again; None means as the function says; so for the backoff.
    """

    id: str
    description: str = ""
    repeats: bool = False
    returns: DataType | None = None
    retries: int | None = None
    backoff: Backoff | None = None
    timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SleepStep:
    """A step that waits for a fixed time."""

    id: str
    duration_ms: int
    description: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class SleepUntilStep:
    """A step that waits for an instant which the handler names."""

    id: str
    description: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class WaitStep:
    """A step that waits for an event; at most one of `match` (`data.a.b`) and `condition` is set."""

    id: str
    event: str
    timeout_ms: int
    match: str | None = None
    condition: str | None = None
    lookback: Lookback = Lookback.NONE
    description: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class InvokeStep:
    """A step that runs another function; its result is what that function returns."""

    id: str
    function: str
    timeout_ms: int
    description: str = ""
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class SendStep:
    """A step that sends events of the names in `events`, at least one."""

    id: str
    events: tuple[str, ...]
    description: str = ""
    repeats: bool = False


StepDef: TypeAlias = RunStep | SleepStep | SleepUntilStep | WaitStep | InvokeStep | SendStep


@dataclass(frozen=True, slots=True)
class FunctionDef:
    """A function.

    Attributes:
        options: triggers, retries, flow control: what an engine needs.
        trigger_events: the declared event names its event triggers reach, wildcards expanded, sorted, no duplicates.
        input: fields of an explicit `input:`, or None where there are none.
        input_type: the name of an object type used as input, or None. Where neither is stated, the union of the
            triggers' data is the input.
        returns: result type; None means the handler returns None.
        handler: `module:name` that overrides the place derived from the settings.
        steps: all steps it may take, in the order written; None means that it does not declare them.
    """

    options: FunctionOptions
    trigger_events: tuple[str, ...] = ()
    input: tuple[Field, ...] | None = None
    input_type: str | None = None
    returns: DataType | None = None
    handler: str | None = None
    steps: tuple[StepDef, ...] | None = None

    @property
    def id(self) -> str:
        """The function's id."""
        return self.options.id

    @property
    def has_input(self) -> bool:
        """Whether it states what an invocation passes."""
        return self.input is not None or self.input_type is not None

    @property
    def results(self) -> Iterator[tuple[Path, DataType]]:
        """What it and its steps return, each with its place in the document."""
        if self.returns is not None:
            yield ("functions", self.id, "returns"), self.returns
        for step in self.steps or ():
            if isinstance(step, RunStep) and step.returns is not None:
                yield ("functions", self.id, "steps", step.id, "run"), step.returns

    @property
    def sends(self) -> tuple[str, ...] | None:
        """Sorted names of the events it may send, by `emits` or by a step; None means unknown."""
        if self.options.emits is None and self.steps is None:
            return None
        steps = (step for step in self.steps or () if isinstance(step, SendStep))
        return tuple(sorted({*(self.options.emits or ()), *(name for step in steps for name in step.events)}))


@dataclass(frozen=True, slots=True)
class JobDef:
    """A job. What it stands for is among the events and functions; here are their names.

    The runtime sends `completed` and `failed` itself, fills in log ids, and makes the `requested` event of a cron run.
    """

    id: str

    @property
    def function(self) -> str:
        """The function's id."""
        return self.id.replace("/", "-")

    @property
    def requested(self) -> str:
        """The event that asks for a run."""
        return f"{self.id}.requested"

    @property
    def completed(self) -> str:
        """The event that tells of a run that is done."""
        return f"{self.id}.completed"

    @property
    def failed(self) -> str:
        """The event that tells of a run that failed for good."""
        return f"{self.id}.failed"

    @property
    def cancelled(self) -> str:
        """The event that cancels the run with its log id."""
        return f"{self.id}.cancelled"


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the specs of one app declare; each mapping is sorted by its key.

    Attributes:
        jobs: each also stands for events and a function; these are in `events` and `functions` like any other.
        places: where each key and list item stands in the specs. The path is that of the merged document: a field's
            `?` is left out, and a single trigger, concurrency, cancel_on or send has the index 0 like a list of one.
    """

    app: str
    description: str = ""
    types: Mapping[str, TypeDef] = field(default_factory=dict)
    events: Mapping[str, EventDef] = field(default_factory=dict)
    functions: Mapping[str, FunctionDef] = field(default_factory=dict)
    jobs: Mapping[str, JobDef] = field(default_factory=dict)
    places: Mapping[Path, Span] = field(default_factory=dict)

    def fields_of(self, fields: tuple[Field, ...], data_type: str | None) -> tuple[Field, ...]:
        """The fields of a payload that are stated in place, or by an object type."""
        definition = self.types.get(data_type) if data_type is not None else None
        return definition.fields if isinstance(definition, ObjectDef) else fields
