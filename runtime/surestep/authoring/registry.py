"""What an app consists of, by name; modules are imported when first needed.

Generated code makes one `Registry`. It holds import references only, so importing it costs next to nothing however
many events there are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from surestep.authoring.events import Event
from surestep.authoring.function import Function, Handler, Role
from surestep.authoring.system import FunctionCancelled, FunctionFailed, FunctionFinished, ScheduledTimer
from surestep.authoring.upcasts import Upcast, Upcaster
from surestep.errors import ConfigurationError

__all__ = ["BoundFunction", "Registry"]

_SYSTEM_EVENTS: Mapping[str, type[Event]] = {
    "inngest/function.cancelled": FunctionCancelled,
    "inngest/function.failed": FunctionFailed,
    "inngest/function.finished": FunctionFinished,
    "inngest/scheduled.timer": ScheduledTimer,
}

_HANDLER_NAMES: Mapping[Role, str] = {
    "handler": "handle",
    "on_failure": "handle_failure",
    "on_cancel": "handle_cancel",
}

_HINT = "`surestep generate` writes a stub for a missing module; in a module that is there, write the handler yourself"


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A function with the handlers that implement it."""

    function: Function[Any, object]
    handler: Handler
    on_failure: Handler | None = None
    on_cancel: Handler | None = None


@dataclass(frozen=True)
class Registry:
    """Import references of everything generated.

    Attributes:
        app: the app's id.
        events: event name to `module:Class`.
        functions: function id to `module:attribute` of its declaration.
        handlers: function id to the module of its handlers, or `module:name` where the spec names one.
        versions: event name to its older versions, each with `module:attribute` of its upcast and `module:name` of the
            user's upcaster.
        sensitive: the specs have sensitive values, which must not be stored in plain text.
    """

    app: str
    events: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    sensitive: bool = False
    _classes: dict[str, type[Event]] = field(default_factory=dict, repr=False, compare=False)
    _upcasters: dict[tuple[str, str], Upcaster] = field(default_factory=dict, repr=False, compare=False)

    def event_class(self, name: str) -> type[Event] | None:
        """The class of a declared or system event, None for an undeclared name."""
        found = self._classes.get(name) or _SYSTEM_EVENTS.get(name)
        if found is None and name in self.events:
            found = self._classes[name] = _load(self.events[name])
        return found

    def version_class(self, name: str, v: str | None) -> type[Event] | None:
        """The class of an event that came with version `v`, None for an undeclared name or version.

        An event without a version is a current one, and so is any version of an event that states none.
        """
        current = self.event_class(name)
        if current is None or v is None or current.model_fields["v"].default in {v, None}:
            return current
        upcaster = self._upcaster(name, v)
        return None if upcaster is None else upcaster.upcast.old

    def version_names(self, name: str) -> tuple[str, ...]:
        """The versions in which a declared event may come, the current one first."""
        current = self.event_class(name)
        stated = None if current is None else current.model_fields["v"].default
        older = (version for event, version in self._upcasters if event == name)
        return tuple(dict.fromkeys((*((stated,) if stated else ()), *self.versions.get(name, ()), *older)))

    def lift(self, event: Event) -> Event:
        """An event in its current version, through all versions between; a current one as it is.

        Raises:
            UpcastError: an upcaster raised, or returned something else than the newer payload.
        """
        while event.v is not None and (upcaster := self._upcaster(event.name, event.v)) is not None:
            event = upcaster.lift(event)
        return event

    def load_functions(self) -> dict[str, BoundFunction]:
        """Import every declaration with its handlers, and all upcasters.

        Raises:
            ConfigurationError: a handler or upcaster is missing or bound to something else; all such faults in one
                message.
        """
        bound: dict[str, BoundFunction] = {}
        faults: list[str] = []
        for function_id, reference in self.functions.items():
            try:
                bound[function_id] = self._bind(_load(reference))
            except ConfigurationError as error:
                faults.append(str(error))
        for name, versions in self.versions.items():
            for version in versions:
                try:
                    self._upcaster(name, version)
                except ConfigurationError as error:
                    faults.append(str(error))
        if faults:
            raise ConfigurationError("\n".join(faults), hint=_HINT)
        return bound

    def _bind(self, function: Function[Any, object]) -> BoundFunction:
        options = function.options
        return BoundFunction(
            function,
            self._handler(function, "handler"),
            self._handler(function, "on_failure") if options.on_failure else None,
            self._handler(function, "on_cancel") if options.on_cancel else None,
        )

    def _handler(self, function: Function[Any, object], role: Role) -> Handler:
        module_name, _, chosen = self.handlers[function.id].partition(":")
        name = chosen if chosen and role == "handler" else _HANDLER_NAMES[role]
        found = _find(f"function {function.id}", "handler", module_name, name)
        if not isinstance(found, Handler):
            raise ConfigurationError(_undecorated(f"function {function.id}", module_name, name, found))
        if found.function is not function or found.role != role:
            raise ConfigurationError(
                f"{module_name}:{name} is bound to {found.function.id} ({found.role}), expected {function.id} ({role})"
            )
        return found

    def _upcaster(self, name: str, version: str) -> Upcaster | None:
        """The user's upcaster of an older version; None where there is no such older version."""
        known = self._upcasters.get((name, version))
        if known is None and (references := self.versions.get(name, {}).get(version)) is not None:
            known = self._upcasters[name, version] = _bound_upcaster(name, version, *references)
        return known


def _bound_upcaster(name: str, version: str, upcast_reference: str, upcaster_reference: str) -> Upcaster:
    upcast: Upcast[Any, Any] = _load(upcast_reference)
    module_name, _, function = upcaster_reference.partition(":")
    who = f"event {name}, version {version},"
    found = _find(who, "upcaster", module_name, function)
    if not isinstance(found, Upcaster):
        raise ConfigurationError(_undecorated(who, module_name, function, found))
    if found.upcast is not upcast:
        raise ConfigurationError(f"{module_name}:{function} is bound to {found.upcast!r}, expected {upcast!r}")
    return found


def _find(who: str, what: str, module_name: str, name: str) -> object:
    """What a module of the user's has under a name, None if nothing."""
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise
        raise ConfigurationError(f"{who} has no {what}: there is no module {module_name}") from None
    found: object = getattr(module, name, None)
    return found


def _undecorated(who: str, module_name: str, name: str, found: object) -> str:
    what = "does not define it" if found is None else "defines it without its decorator"
    return f"{who} needs {name!r} in {module_name}, which {what}"


def _load(reference: str) -> Any:
    module_name, _, attribute = reference.partition(":")
    return getattr(import_module(module_name), attribute)
