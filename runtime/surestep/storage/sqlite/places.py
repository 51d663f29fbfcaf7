"""The places that runs hold in the groups of flow control, as statements of the open transaction."""

from collections.abc import Iterable

import apsw

from surestep.core.policies.admission import Holder
from surestep.core.policies.order import Place
from surestep.storage.sqlite.rows import Row
from surestep.storage.sqlite.statements import WRITES

__all__ = ["Places"]


class Places:
    """Reads and writes the table `places`."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor

    def holders(self, group: str, now_ms: int) -> list[Holder]:
        """Who holds a place at this moment, newest first."""
        rows: list[Row] = self._cursor.execute(WRITES["holders"], (group, now_ms)).fetchall()
        return [Holder(*row) for row in rows]

    def take(self, run_id: str, at_ms: int, places: Iterable[Place]) -> None:
        """Let a run hold places; of one that it has already, only the instant of its beginning stays."""
        for place in places:
            columns = (run_id, at_ms, place.group, place.until_ms, place.mark, place.size)
            self._cursor.execute(WRITES["take_place"], columns)

    def give_up(self, run_id: str) -> None:
        """A run has ended; what it holds until an instant stays."""
        self._cursor.execute(WRITES["give_places_up"], (run_id,))
