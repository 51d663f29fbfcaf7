"""What an engine notes about its schedules and its functions, as statements of the open transaction."""

from collections.abc import Iterable

import apsw

from surestep.core.policies.pause import PauseMode
from surestep.storage.sqlite.rows import Row
from surestep.storage.sqlite.statements import WRITES

__all__ = ["meet_schedules", "set_pause"]


def meet_schedules(cursor: apsw.Cursor, names: Iterable[str], now_ms: int) -> dict[str, int]:
    """Note new schedules, forget those that are gone."""
    rows: list[Row] = cursor.execute(WRITES["schedules"]).fetchall()
    known: dict[str, int] = dict(rows)
    met = {name: known.get(name, now_ms) for name in names}
    cursor.executemany(WRITES["drop_schedule"], [(name,) for name in known if name not in met])
    cursor.executemany(WRITES["note_schedule"], list(met.items()))
    return met


def set_pause(cursor: apsw.Cursor, function_id: str, mode: PauseMode | None) -> None:
    """Pause a function, or resume it."""
    if mode is None:
        cursor.execute(WRITES["resume"], (function_id,))
    else:
        cursor.execute(WRITES["pause"], (function_id, mode))
