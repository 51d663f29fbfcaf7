"""Older versions of events: which lifts which, where upcasters stand, and the stubs of those that are missing.

An upcaster leads to the next newer version, so a new version needs one new upcaster.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from surestep_codegen.plan.index import Index, data_of
from surestep_codegen.plan.model import UpcasterModule, UpcasterPlan
from surestep_codegen.plan.paths import module_path
from surestep_codegen.python import Reference, Scope
from surestep_dsl.model import EventDef

__all__ = ["UPCASTERS", "Lift", "lifts", "plan_upcaster", "plan_upcasters", "upcaster_module"]

UPCASTERS: Final = "upcasters"
"""The package beside the handlers."""


@dataclass(frozen=True, slots=True)
class Lift:
    """From one version of an event to the next newer one.

    Attributes:
        position: of the older version in `previous`.
        version: the older version; so `newer`.
        old: class of the older version; so `new`.
    """

    position: int
    version: str
    newer: str
    old: Reference
    new: Reference
    event_class: str

    @property
    def _suffix(self) -> str:
        return f"v{self.old.name.removeprefix(f'{self.event_class}V')}"

    @property
    def upcast(self) -> Reference:
        """The decorator in the event's module: `upcast_v2023_06_01_1`."""
        return Reference(self.old.module, f"upcast_{self._suffix}", "_")

    @property
    def upcaster(self) -> str:
        """The user's function: `from_v2023_06_01_1`."""
        return f"from_{self._suffix}"


def lifts(index: Index, event: EventDef) -> Iterator[Lift]:
    """All steps between versions of an event, newest first."""
    newer, new = event.version or "", index.event(event.name)
    for position, older in enumerate(event.previous):
        old = index.older_event(event.name, older)
        yield Lift(position, older.version, newer, old, new, index.event(event.name).name)
        newer, new = older.version, old


def upcaster_module(index: Index, event: EventDef) -> str:
    """The module of an event's upcasters: beside the handlers, named like the event's own."""
    return f"{index.layout.handlers}.{UPCASTERS}.{index.event(event.name).module.rpartition('.')[2]}"


def plan_upcasters(index: Index) -> Iterator[UpcasterModule]:
    """One module for each event with older versions."""
    for event in index.project.events.values():
        if event.previous:
            yield _plan_module(index, event)


def _plan_module(index: Index, event: EventDef) -> UpcasterModule:
    steps = list(lifts(index, event))
    references = [found for step in steps for found in (step.upcast, step.old, data_of(step.new))]
    scope = Scope(upcaster_module(index, event), {step.upcaster for step in steps}, (), references)
    upcasters = tuple(plan_upcaster(event.name, step, scope.reference) for step in steps)
    path = module_path(upcaster_module(index, event))
    return UpcasterModule(path, f"Older versions of `{event.name}` become newer ones.", scope.imports(), upcasters)


def plan_upcaster(event: str, lift: Lift, local: Callable[[Reference], str]) -> UpcasterPlan:
    """One upcaster; `local` says what a class is called where it stands."""
    return UpcasterPlan(
        local(lift.upcast),
        lift.upcaster,
        local(lift.old),
        local(data_of(lift.new)),
        f"From version {lift.version} to {lift.newer}.",
        f"lift {event} from version {lift.version} to {lift.newer}",
    )
