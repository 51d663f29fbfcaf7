"""Two contracts side by side: what flows from one to the other, and what is refused on the way."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from surestep_codegen.breaking.flows import Flow, flows_of_events, flows_of_inputs, flows_of_results, flows_to_readers
from surestep_codegen.breaking.inclusion import Inclusion
from surestep_codegen.breaking.python_classes import PythonClass, python_classes
from surestep_codegen.breaking.refusals import Refusal, RefusalKind
from surestep_codegen.breaking.sides import Side
from surestep_dsl.model import EventDef, FunctionDef, Project

__all__ = ["Comparison", "Refused"]

_Definition = TypeVar("_Definition")


class Refused(NamedTuple):
    """A refusal and who meets it.

    Attributes:
        users: names of events, or ids of functions, whose values are refused for this reason.
    """

    refusal: Refusal
    users: tuple[str, ...]

    @property
    def note(self) -> str:
        """Who uses a named type, for the end of a message; empty where the place itself says so."""
        if self.refusal.where[0] != "types":
            return ""
        first, *others = self.users
        more = f" and {len(others)} more" if others else ""
        return f" (`{self.refusal.where[1]}` is used by {first}{more})"


@dataclass(frozen=True)
class Comparison:
    """An old and a new project."""

    old: Project
    new: Project

    @cached_property
    def events(self) -> tuple[tuple[EventDef, EventDef], ...]:
        """Events of both, old and new."""
        return tuple(_both(self.old.events, self.new.events))

    @cached_property
    def functions(self) -> tuple[tuple[FunctionDef, FunctionDef], ...]:
        """Functions of both, old and new."""
        return tuple(_both(self.old.functions, self.new.functions))

    def sent(self, kind: RefusalKind) -> Iterator[Refused]:
        """What producers of the old contract send and the new one refuses."""
        return (found for found in self._sent if found.refusal.kind is kind)

    def read(self, kind: RefusalKind) -> Iterator[Refused]:
        """What the new contract gives to consumers of the old one and they do not expect."""
        return (found for found in self._read if found.refusal.kind is kind)

    @cached_property
    def kept(self) -> tuple[Refused, ...]:
        """Results that runs in flight keep, of steps and of invoked functions, and the new contract refuses."""
        return _refused(Inclusion(self._sides[0], self._sides[1]), flows_of_results(self.old, self.new))

    @cached_property
    def reshaped(self) -> tuple[tuple[Flow, bool], ...]:
        """Payloads of events with a stated version that both contracts accept, and whether anything in them differs."""
        before, after = self._sides
        there, back = Inclusion(before, after), Inclusion(after, before)
        flows = [flow for flow in flows_of_events(self.old, self.new) if flow.version is not None]
        return tuple(
            (
                flow,
                bool(
                    there.refusals(flow.given, flow.wanted, flow.where)
                    or back.refusals(flow.wanted, flow.given, flow.where)
                ),
            )
            for flow in flows
        )

    @cached_property
    def classes(self) -> tuple[Mapping[tuple[str, str], PythonClass], Mapping[tuple[str, str], PythonClass]]:
        """Generated classes of both, by section of the spec and name."""
        return python_classes(self.old), python_classes(self.new)

    @cached_property
    def _sides(self) -> tuple[Side, Side]:
        return Side(self.old.types, self.old.places), Side(self.new.types, self.new.places)

    @cached_property
    def _sent(self) -> tuple[Refused, ...]:
        before, after = self._sides
        flows = (*flows_of_events(self.old, self.new), *flows_of_inputs(self.old, self.new))
        return _refused(Inclusion(before, after), flows)

    @cached_property
    def _read(self) -> tuple[Refused, ...]:
        before, after = self._sides
        return _refused(Inclusion(after, before, filled=True), flows_to_readers(self.old, self.new))


def _both(old: Mapping[str, _Definition], new: Mapping[str, _Definition]) -> Iterator[tuple[_Definition, _Definition]]:
    return ((old[name], new[name]) for name in old if name in new)


def _refused(inclusion: Inclusion, flows: Iterable[Flow]) -> tuple[Refused, ...]:
    """Every refusal once, in the order found, with all who meet it."""
    users: dict[Refusal, dict[str, None]] = {}
    for flow in flows:
        for refusal in inclusion.refusals(flow.given, flow.wanted, flow.where):
            users.setdefault(refusal, {})[flow.user] = None
    return tuple(Refused(refusal, tuple(names)) for refusal, names in users.items())
