"""A checked project: what the specs of one app say, resolved, without a trace of YAML.

This is what `load` returns and all that the generator, the exports and the graph checks read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from surestep_dsl.datatypes import DataType, Field, JsonValue, ObjectDef, TypeDef
from surestep_dsl.diagnostics import Span
from surestep_dsl.flow import FunctionOptions

__all__ = ["EventDef", "EventVersion", "FunctionDef", "Path", "Project"]

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in the merged document, for instance `("functions", "process-order", "triggers", 0, "if")`."""


@dataclass(frozen=True, slots=True)
class EventVersion:
    """An older version of an event that is still accepted; its payload is stated like that of `EventDef`."""

    version: str
    fields: tuple[Field, ...] = ()
    data_type: str | None = None


@dataclass(frozen=True, slots=True)
class EventDef:
    """An event.

    Attributes:
        fields: the payload, in the order written; empty where `data_type` names it.
        data_type: the name of an object type used as payload, or None.
        id_template: `invoice-paid-{invoiceId}`, as written, or None.
        previous: newest first.
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
    """

    options: FunctionOptions
    trigger_events: tuple[str, ...] = ()
    input: tuple[Field, ...] | None = None
    input_type: str | None = None
    returns: DataType | None = None
    handler: str | None = None

    @property
    def id(self) -> str:
        """The function's id."""
        return self.options.id

    @property
    def has_input(self) -> bool:
        """Whether it states what an invocation passes."""
        return self.input is not None or self.input_type is not None


@dataclass(frozen=True, slots=True)
class Project:
    """Everything the specs of one app declare; each mapping is sorted by its key.

    Attributes:
        places: where each key and list item stands in the specs. The path is that of the merged document: a field's
            `?` is left out, and a single trigger, concurrency or cancel_on has the index 0 like a list of one.
    """

    app: str
    description: str = ""
    types: Mapping[str, TypeDef] = field(default_factory=dict)
    events: Mapping[str, EventDef] = field(default_factory=dict)
    functions: Mapping[str, FunctionDef] = field(default_factory=dict)
    places: Mapping[Path, Span] = field(default_factory=dict)

    def fields_of(self, fields: tuple[Field, ...], data_type: str | None) -> tuple[Field, ...]:
        """The fields of a payload that are stated in place, or by an object type."""
        definition = self.types.get(data_type) if data_type is not None else None
        return definition.fields if isinstance(definition, ObjectDef) else fields
