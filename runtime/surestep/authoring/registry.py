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
    """

    app: str
    events: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    handlers: Mapping[str, str] = field(default_factory=dict)
    _classes: dict[str, type[Event]] = field(default_factory=dict, repr=False, compare=False)

    def event_class(self, name: str) -> type[Event] | None:
        """The class of a declared or system event, None for an undeclared name."""
        found = self._classes.get(name) or _SYSTEM_EVENTS.get(name)
        if found is None and name in self.events:
            found = self._classes[name] = _load(self.events[name])
        return found

    def load_functions(self) -> dict[str, BoundFunction]:
        """Import every declaration and its handlers.

        Raises:
            ConfigurationError: a handler is missing or bound to another function; all such faults in one message.
        """
        bound: dict[str, BoundFunction] = {}
        faults: list[str] = []
        for function_id, reference in self.functions.items():
            try:
                bound[function_id] = self._bind(_load(reference))
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
        try:
            module = import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is None or not module_name.startswith(error.name):
                raise
            raise ConfigurationError(
                f"function {function.id} has no handler: there is no module {module_name}"
            ) from None
        found = getattr(module, name, None)
        if not isinstance(found, Handler):
            what = "does not define it" if found is None else "defines it without the function's decorator"
            raise ConfigurationError(f"function {function.id} needs {name!r} in {module_name}, which {what}")
        if found.function is not function or found.role != role:
            raise ConfigurationError(
                f"{module_name}:{name} is bound to {found.function.id} ({found.role}), expected {function.id} ({role})"
            )
        return found


def _load(reference: str) -> Any:
    module_name, _, attribute = reference.partition(":")
    return getattr(import_module(module_name), attribute)
