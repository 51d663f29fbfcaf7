"""The events of a project as expressions see them, by the classes that stand for them in Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mypy.nodes import FuncItem, Var
from mypy.types import CallableType, Instance, LiteralType, Type, UnionType, get_proper_type

from surestep_codegen.mypy_plugin.members import classes_of, instances_of
from surestep_dsl.settings import Settings

if TYPE_CHECKING:
    from surestep_dsl.expr import EventScope
    from surestep_dsl.model import Project

__all__ = ["Events", "awaited_names", "trigger_names"]

_CONTEXT = "surestep.authoring.context.Context"


@dataclass
class Events:
    """The declared and predeclared events; the specs are loaded when the first one is asked for."""

    settings: Settings

    @cached_property
    def project(self) -> "Project | None":
        """None where the specs have errors, which are told elsewhere."""
        from surestep_dsl.load import load_project  # noqa: PLC0415 -- few modules have such waits

        return load_project(self.settings.specs, self.settings.root, handlers=self.settings.handlers).project

    @cached_property
    def scopes(self) -> "Mapping[str, EventScope]":
        """By name."""
        from surestep_dsl.checks.view import payload_type  # noqa: PLC0415 -- as above
        from surestep_dsl.expr import EventScope  # noqa: PLC0415 -- as above
        from surestep_dsl.system_events import SYSTEM_EVENTS  # noqa: PLC0415 -- as above

        if self.project is None:
            return {}
        events = {**SYSTEM_EVENTS, **self.project.events}
        return {name: EventScope(name, payload_type(event.fields, event.data_type)) for name, event in events.items()}


def awaited_names(event_class: Type) -> tuple[str, ...]:
    """The name of the event whose class a value is."""
    return tuple(_names(event_class, is_class=True))


def trigger_names(function: FuncItem | None) -> tuple[str, ...]:
    """The names of the events that start a handler; none where a function is no handler or they are not known."""
    signature = None if function is None else get_proper_type(function.type)
    for argument in signature.arg_types if isinstance(signature, CallableType) else ():
        found = get_proper_type(argument)
        if isinstance(found, Instance) and found.type.has_base(_CONTEXT) and found.args:
            return tuple(_names(found.args[0], is_class=False))
    return ()


def _names(found: Type, *, is_class: bool) -> Iterator[str]:
    """Of a union all; an event whose name is not one literal, such as a pattern's, has none."""
    for info in classes_of(found) if is_class else instances_of(found):
        symbol = info.get("name")
        stated = get_proper_type(symbol.node.type) if symbol is not None and isinstance(symbol.node, Var) else None
        for one in stated.items if isinstance(stated, UnionType) else [stated]:
            literal = get_proper_type(one)
            if isinstance(literal, LiteralType) and isinstance(literal.value, str):
                yield literal.value
