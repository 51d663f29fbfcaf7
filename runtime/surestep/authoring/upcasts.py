"""Older versions of events: how the payload of one becomes that of the next newer one.

Generated code makes an `Upcast` for each older version. It decorates the user's function that takes the older event and
returns the newer payload; the rest of the event (id and time) is carried over here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from typing_extensions import override

from surestep.authoring.events import Event
from surestep.errors import UpcastError

__all__ = ["Upcast", "Upcaster"]

OldT = TypeVar("OldT", bound=Event)
DataT = TypeVar("DataT")


class Upcast(Generic[OldT, DataT]):
    """The step from an older version of an event to the next newer one.

    Args:
        old: class of the older version.
        new: class of the next newer version, whose payload is `DataT`.
    """

    def __init__(self, old: type[OldT], new: type[Event]) -> None:
        self.old = old
        self.new = new

    def __call__(self, upcaster: Callable[[OldT], DataT], /) -> "Upcaster":
        """Bind the function that makes the newer payload."""
        return Upcaster(self, upcaster)

    @override
    def __repr__(self) -> str:
        fields = self.old.model_fields
        return f"<upcast of {fields['name'].default} from version {fields['v'].default}>"


@dataclass(frozen=True, slots=True)
class Upcaster:
    """A function bound to the step between versions that it carries out."""

    upcast: Upcast[Any, Any]
    call: Callable[[Any], object]

    def lift(self, event: Event) -> Event:
        """The event in the next newer version: another payload, the same id and time.

        Raises:
            UpcastError: the function raised, or what it returned is not the newer payload.
        """
        about = f"event {event.name} of version {event.v} cannot be lifted"
        try:
            data = self.call(event)
        except (Exception, SystemExit) as error:
            raise UpcastError(f"{about}: {type(error).__name__}: {error}") from error
        try:
            return self.upcast.new.model_validate({"data": data, "id": event.id, "ts": event.ts})
        except ValidationError as error:
            found = type(data).__name__
            raise UpcastError(f"{about}: its upcaster returned {found}, which is not the newer payload") from error
