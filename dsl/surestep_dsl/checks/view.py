"""What a check looks at: the resolved project, its places, and walks over everything in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from surestep_dsl.codes import find
from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    TaggedUnionDef,
    UnionOf,
)
from surestep_dsl.diagnostics import Diagnostic, Related
from surestep_dsl.event_patterns import EventPatterns
from surestep_dsl.expr import EventScope, Scope
from surestep_dsl.graph import sent_events
from surestep_dsl.model import Path, Project
from surestep_dsl.parse.reader import Use
from surestep_dsl.places import Places
from surestep_dsl.system_events import SYSTEM_EVENTS

__all__ = ["Check", "View", "payload_type"]


@dataclass(frozen=True)
class View:
    """A project under check.

    Attributes:
        uses: every place where a name of a type or an event stands.
        patterns: what the patterns of triggers reach.
        handlers: dotted module under which handlers live, from the settings.
    """

    project: Project
    places: Places
    uses: tuple[Use, ...]
    patterns: EventPatterns
    handlers: str = ""

    def find(
        self, code: str, message: str, path: Path, hint: str | None = None, *related: Related, value: bool = False
    ) -> Diagnostic:
        """A finding at a path: at its key, or with `value` at the text that stands there."""
        span = self.places.value_span(path) if value else self.places.nearest(path)
        return find(code, message, span, hint, *related)

    def find_in(self, code: str, message: str, path: Path, start: int, end: int, hint: str | None = None) -> Diagnostic:
        """A finding in a part of the text that stands at a path."""
        return find(code, message, self.places.text_span(path, start, end), hint)

    def find_at_last(self, code: str, message: str, paths: Iterable[Path], hint: str | None = None) -> Diagnostic:
        """A finding with several places: the last is the primary one, the others are related."""
        *others, last = sorted(self.places.nearest(path) for path in paths)
        return find(code, message, last, hint, *(Related(span, "and here") for span in others))

    @cached_property
    def event_scopes(self) -> Mapping[str, EventScope]:
        """Declared and predeclared events as expressions see them; shared, because their types are worked out once."""
        events = {**SYSTEM_EVENTS, **self.project.events}
        return {name: EventScope(name, payload_type(event.fields, event.data_type)) for name, event in events.items()}

    @cached_property
    def known_scopes(self) -> dict[tuple[str, ...], tuple[Scope, ...]]:
        """What `expression_scopes` has worked out already, by names of events."""
        return {}

    @cached_property
    def sends(self) -> Mapping[str, tuple[str, ...]]:
        """What each function is known to send, by its handler or by the runtime."""
        return sent_events(self.project)

    @cached_property
    def all_sent(self) -> frozenset[str] | None:
        """Every event that is sent; None where some function does not state what it sends, or there is none."""
        functions = self.project.functions.values()
        if not functions or any(function.sends is None for function in functions):
            return None
        return frozenset(name for names in self.sends.values() for name in names)

    @cached_property
    def job_events(self) -> frozenset[str]:
        """Events that jobs stand for: the outside and the runtime deal with them."""
        jobs = self.project.jobs.values()
        return frozenset(name for job in jobs for name in (job.requested, job.completed, job.failed, job.cancelled))

    @cached_property
    def fields(self) -> tuple[tuple[Path, Field], ...]:
        """Every field of every type, event and function, nested ones included."""
        return tuple(self._walk_roots())

    @cached_property
    def types(self) -> tuple[tuple[Path, DataType], ...]:
        """Every type that is written anywhere, nested ones included."""
        roots: list[tuple[Path, DataType]] = [(path, field.type) for path, field in self.fields]
        roots.extend(
            (("types", name), definition.of)
            for name, definition in self.project.types.items()
            if isinstance(definition, AliasDef)
        )
        roots.extend(found for function in self.project.functions.values() for found in function.results)
        return tuple(found for path, data_type in roots for found in self._walk_type(path, data_type))

    def _walk_roots(self) -> Iterator[tuple[Path, Field]]:
        for name, definition in self.project.types.items():
            match definition:
                case ObjectDef(fields=fields):
                    yield from self._walk_fields(("types", name, "fields"), fields)
                case AliasDef(of=of):
                    yield from self._fields_inside(("types", name), of)
                case EnumDef() | TaggedUnionDef():
                    pass
        for name, event in self.project.events.items():
            yield from self._walk_fields(("events", name, "data"), event.fields)
            for at, version in enumerate(event.previous):
                yield from self._walk_fields(("events", name, "previous", at, "data"), version.fields)
        for function_id, function in self.project.functions.items():
            yield from self._walk_fields(("functions", function_id, "input"), function.input or ())
            for path, data_type in function.results:
                yield from self._fields_inside(path, data_type)

    def _walk_fields(self, path: Path, fields: tuple[Field, ...]) -> Iterator[tuple[Path, Field]]:
        for field in fields:
            yield (*path, field.name), field
            yield from self._fields_inside((*path, field.name), field.type)

    def _fields_inside(self, path: Path, data_type: DataType) -> Iterator[tuple[Path, Field]]:
        match data_type:
            case ObjectOf(fields):
                yield from self._walk_fields((*path, "fields"), fields)
            case ListOf(items):
                yield from self._fields_inside(self._inner(path, "items"), items)
            case MapOf(values):
                yield from self._fields_inside(self._inner(path, "values"), values)
            case Nullable(of):
                yield from self._fields_inside(path, of)
            case Scalar() | EnumOf() | UnionOf() | Named():
                pass

    def _walk_type(self, path: Path, data_type: DataType) -> Iterator[tuple[Path, DataType]]:
        """A type and those inside it, except the fields of objects: these are walked on their own."""
        yield path, data_type
        match data_type:
            case ListOf(items):
                yield from self._walk_type(self._inner(path, "items"), items)
            case MapOf(values):
                yield from self._walk_type(self._inner(path, "values"), values)
            case Nullable(of):
                yield from self._walk_type(path, of)
            case UnionOf(members):
                for member in members:
                    yield from self._walk_type(path, member)
            case Scalar() | EnumOf() | ObjectOf() | Named():
                pass

    def _inner(self, path: Path, key: str) -> Path:
        return (*path, key) if (*path, key) in self.places else path


@dataclass(frozen=True, slots=True)
class Check:
    """One rule.

    Attributes:
        codes: the codes it reports.
        find: all findings of this rule; its docstring is the rule's page in the manual.
        valid: specs (without their header) it has nothing to say about; its tests.
        invalid: specs in which it finds something, each with the code.
    """

    codes: tuple[str, ...]
    find: Callable[[View], Iterator[Diagnostic]]
    valid: tuple[str, ...]
    invalid: tuple[tuple[str, str], ...]


def payload_type(fields: tuple[Field, ...], data_type: str | None) -> DataType:
    """The type of a payload that is stated in place, or by an object type."""
    return ObjectOf(fields) if data_type is None else Named(data_type)
