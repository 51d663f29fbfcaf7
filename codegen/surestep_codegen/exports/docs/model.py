"""What the pages show: plain texts and links; nothing here is escaped, and templates decide nothing."""

from dataclasses import dataclass

__all__ = [
    "Docs",
    "EventEntry",
    "FieldRow",
    "Fields",
    "Flow",
    "FunctionEntry",
    "JobEntry",
    "Link",
    "Page",
    "Relation",
    "StepRow",
    "TypeEntry",
    "Version",
]


@dataclass(frozen=True, slots=True)
class Link:
    """A text, and where it leads; empty for nowhere."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in a table.

    Attributes:
        name: with the fields around it: `lines[].sku`.
        type: parts of its type expression.
        notes: constraints and default, one each.
    """

    name: str
    type: tuple[Link, ...]
    is_required: bool
    notes: tuple[str, ...]
    description: str
    is_deprecated: bool
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Fields:
    """An object: the named type that it is, or its fields."""

    named: Link | None
    rows: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """What an event or function has to do with others: `sent by`, and by whom; `if` behind those with a condition."""

    label: str
    links: tuple[tuple[Link, bool], ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of a drawing: what leads to something, and where it leads."""

    sources: tuple[Link, ...]
    middle: Link
    targets: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """An older version of an event that is still accepted."""

    version: str
    description: str
    data: Fields


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event.

    Attributes:
        badges: short facts: external, deprecated.
        facts: name and value, for instance of its version.
        is_sample: the example is made from the types, because the spec has none.
    """

    anchor: str
    name: str
    description: str
    badges: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    data: Fields
    previous: tuple[Version, ...]
    examples: tuple[str, ...]
    is_sample: bool
    relations: tuple[Relation, ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class StepRow:
    """A declared step."""

    id: str
    kind: str
    about: tuple[Link, ...]
    description: str


@dataclass(frozen=True, slots=True)
class FunctionEntry:
    """A function; `sends` is False where the spec does not say what it sends."""

    anchor: str
    id: str
    name: str
    description: str
    triggers: tuple[tuple[Link, str], ...]
    input: Fields | None
    result: tuple[Link, ...]
    result_rows: tuple[FieldRow, ...]
    options: tuple[tuple[str, str], ...]
    steps: tuple[StepRow, ...]
    states_sends: bool
    relations: tuple[Relation, ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A named type: an object has `rows`, an enum `values`, any other a type expression."""

    anchor: str
    name: str
    kind: str
    description: str
    is_deprecated: bool
    type: tuple[Link, ...]
    notes: tuple[str, ...]
    rows: tuple[FieldRow, ...]
    values: tuple[tuple[str, str], ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobEntry:
    """A job: the function that does it, and the events it stands for with what each is for."""

    anchor: str
    id: str
    description: str
    schedules: tuple[str, ...]
    function: Link
    events: tuple[tuple[Link, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One file; `sections` are of `index`, `events`, `functions`, `types` and `jobs`."""

    file: str
    title: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Docs:
    """The whole reference.

    Attributes:
        contents: of the index: a title, the page, and its entries.
        graph: Mermaid, or empty where it would be too large to be drawn.
    """

    app: str
    description: str
    pages: tuple[Page, ...]
    contents: tuple[tuple[Link, tuple[Link, ...]], ...]
    graph: str
    events: tuple[EventEntry, ...]
    functions: tuple[FunctionEntry, ...]
    types: tuple[TypeEntry, ...]
    jobs: tuple[JobEntry, ...]
