"""What will happen by itself, as statements of the open transaction."""

from collections.abc import Iterable

import apsw

from surestep.core.commands import StepKey
from surestep.core.signals import TimerPurpose
from surestep.storage.port import NewTimer
from surestep.storage.sqlite.rows import Row, columns_of_step, step_of_columns
from surestep.storage.sqlite.statements import WRITES

__all__ = ["Timers"]


class Timers:
    """Reads and writes the table `timers`."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()

    def set(self, run_id: str, purpose: TimerPurpose, due_at_ms: int, key: StepKey | None = None) -> None:
        """Set a timer in place of the one of the same run, step and purpose."""
        self._cursor.execute(WRITES["set_timer"], (run_id, *columns_of_step(key), purpose, due_at_ms))

    def take_due(self, now_ms: int, limit: int) -> list[NewTimer]:
        """Remove those that are due, earliest first."""
        due: list[Row] = self._cursor.execute(WRITES["due_timers"], (now_ms, limit)).fetchall()
        self._cursor.executemany(WRITES["drop_timer"], [row[:4] for row in due])
        return [
            NewTimer(run_id, TimerPurpose(purpose), due_at_ms, step_of_columns(step, occurrence))
            for run_id, step, occurrence, purpose, due_at_ms in due
        ]

    def drop(self, run_id: str, purpose: TimerPurpose, key: StepKey | None = None) -> bool:
        """Remove one; False where there is none."""
        self._cursor.execute(WRITES["drop_timer"], (run_id, *columns_of_step(key), purpose))
        return self._connection.changes() > 0

    def drop_of_steps(self, run_id: str, keys: Iterable[StepKey]) -> None:
        """Remove all of some steps."""
        for key in keys:
            self._cursor.execute(WRITES["drop_step_timers"], (run_id, *key))

    def drop_of_run(self, run_id: str) -> None:
        """Remove all of a run."""
        self._cursor.execute(WRITES["drop_run_timers"], (run_id,))
