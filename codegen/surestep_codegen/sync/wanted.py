"""What the specs ask of the user's modules: every handler and every upcaster, with where it belongs."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from surestep_codegen.plan.function_names import function_names
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.model import HandlerPlan, UpcasterPlan
from surestep_codegen.plan.stubs import handler_place, plan_handlers
from surestep_codegen.plan.versions import Lift, lifts, plan_upcaster, upcaster_module
from surestep_codegen.python import Reference
from surestep_dsl.model import FunctionDef
from surestep_dsl.names import module_name

__all__ = ["Generated", "Local", "WantedHandler", "WantedUpcaster", "find_wanted_handlers", "find_wanted_upcasters"]

Local: TypeAlias = Callable[[Reference], str]
"""What something of the generated package is called in a module of the user's."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What is generated, as far as user code can import it.

    Attributes:
        package: dotted name.
        names: for a module its names; None for one that is not generated.
        modules: all of them.
    """

    package: str
    names: Callable[[str], Collection[str] | None]
    modules: Collection[str]


@dataclass(frozen=True, slots=True)
class WantedHandler:
    """A handler that the specs ask for.

    Attributes:
        module: the generated module of its function.
        place: the user's module that it belongs in.
        plan: spelled with the names that the generated module gives.
    """

    function: FunctionDef
    module: str
    place: str
    plan: HandlerPlan

    @property
    def result_name(self) -> str:
        """What the generated module calls the result, also where that is None."""
        return function_names(self.function.id).result

    @property
    def title(self) -> str:
        """What messages call it."""
        kind = {None: "handler", "on_failure": "failure handler", "on_cancel": "cancel handler"}[self.plan.role]
        return f"{kind} of `{self.function.id}`"

    def spelled(self, local: Local) -> HandlerPlan:
        """The same with other names."""

        def renamed(name: str) -> str:
            return local(Reference(self.module, name, "_"))

        plan = self.plan
        instance, *role = plan.decorator.split(".")
        return replace(
            plan,
            decorator=".".join([renamed(instance), *role]),
            context=renamed(plan.context),
            step=renamed(plan.step),
            result=plan.result if plan.result == "None" else renamed(plan.result),
        )


@dataclass(frozen=True, slots=True)
class WantedUpcaster:
    """An upcaster that the specs ask for, and the user's module that it belongs in."""

    place: str
    event: str
    lift: Lift

    def spelled(self, local: Local) -> UpcasterPlan:
        """Its stub."""
        return plan_upcaster(self.event, self.lift, local)


def find_wanted_handlers(index: Index) -> Mapping[tuple[str, str | None], WantedHandler]:
    """All of them by the name of the function's module and the handler's role."""
    found: dict[tuple[str, str | None], WantedHandler] = {}
    for function in index.project.functions.values():
        module, place = index.function_module(function.id), handler_place(index, function)[0]
        for plan in plan_handlers(index, function, str):
            found[module_name(function.id), plan.role] = WantedHandler(function, module, place, plan)
    return found


def find_wanted_upcasters(index: Index) -> Iterator[WantedUpcaster]:
    """One for each older version of an event."""
    for event in index.project.events.values():
        place = upcaster_module(index, event)
        yield from (WantedUpcaster(place, event.name, lift) for lift in lifts(index, event))
