"""An app put together by hand, without generated code."""

from collections.abc import Iterable

from typing_extensions import override

from surestep.authoring.events import Event
from surestep.authoring.function import Handler
from surestep.authoring.registry import BoundFunction, Registry
from surestep.authoring.upcasts import Upcaster

__all__ = ["InlineRegistry"]


class InlineRegistry(Registry):
    """A registry of given classes and handlers.

    Args:
        app: the app's id.
        events: event classes.
        handlers: bound handlers; those of one function are found by its id.
        upcasters: bound upcasters of older versions.
        sensitive: some of their values are.
    """

    def __init__(
        self,
        app: str,
        events: Iterable[type[Event]],
        handlers: Iterable[Handler],
        upcasters: Iterable[Upcaster] = (),
        *,
        sensitive: bool = False,
    ) -> None:
        classes = {str(event.model_fields["name"].default): event for event in events}
        super().__init__(app, events=dict.fromkeys(classes, ""), sensitive=sensitive)
        self._classes.update(classes)
        for upcaster in upcasters:
            fields = upcaster.upcast.old.model_fields
            self._upcasters[fields["name"].default, fields["v"].default] = upcaster
        object.__setattr__(self, "_handlers", tuple(handlers))

    @override
    def load_functions(self) -> dict[str, BoundFunction]:
        handlers: tuple[Handler, ...] = self._handlers  # type: ignore[attr-defined]  # set above, the class is frozen
        by_role = {(handler.function.id, handler.role): handler for handler in handlers}
        return {
            function_id: BoundFunction(
                handler.function,
                handler,
                by_role.get((function_id, "on_failure")),
                by_role.get((function_id, "on_cancel")),
            )
            for (function_id, role), handler in by_role.items()
            if role == "handler"
        }
