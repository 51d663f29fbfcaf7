"""The places that runs hold in the groups of flow control, as the reference store keeps them."""

from collections.abc import Iterable, MutableMapping
from typing import TypeAlias

from surestep.core.policies.admission import Holder
from surestep.core.policies.order import Place

__all__ = ["Held", "MemoryPlaces"]

Held: TypeAlias = MutableMapping[str, tuple[Holder, ...]]
"""The holders of places by group."""


class MemoryPlaces:
    """Reads and writes places."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def holders(self, group: str, now_ms: int) -> list[Holder]:
        """Who holds a place at this moment, newest first."""
        held = [one for one in self._held.get(group, ()) if one.until_ms is None or one.until_ms > now_ms]
        return sorted(held, key=lambda holder: (holder.at_ms, holder.run_id), reverse=True)

    def take(self, run_id: str, at_ms: int, places: Iterable[Place]) -> None:
        """Let a run hold places; of one that it has already, only the instant of its beginning stays."""
        for place in places:
            others = self._held.get(place.group, ())
            since_ms = next((one.at_ms for one in others if one.run_id == run_id), at_ms)
            kept = tuple(one for one in others if one.run_id != run_id)
            self._held[place.group] = (*kept, Holder(run_id, since_ms, place.until_ms, place.mark, place.size))

    def give_up(self, run_id: str) -> None:
        """A run has ended; what it holds until an instant stays."""
        for group, holders in list(self._held.items()):
            kept = tuple(holder for holder in holders if (holder.run_id, holder.until_ms) != (run_id, None))
            if len(kept) < len(holders):
                self._held[group] = kept
