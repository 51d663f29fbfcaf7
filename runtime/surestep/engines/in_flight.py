"""The bodies of one run that are in progress, each a task of its own."""

import asyncio
from collections.abc import Callable
from operator import attrgetter

from surestep.core.asked import Asked
from surestep.core.commands import RunBody, StepKey
from surestep.core.inputs import BodyEnded
from surestep.engines.bodies import Bodies
from surestep.engines.tasks import start_task

__all__ = ["InFlight"]


class InFlight:
    """Starts bodies.

    Args:
        run_id: of the run.
        function_id: what it is a run of.
        bodies: carries them out.
        now_ms: of the clock.

    Attributes:
        tasks: by step.
        started_at_ms: when each body began.
    """

    __slots__ = ("_bodies", "_now_ms", "function_id", "run_id", "started_at_ms", "tasks")

    def __init__(
        self,
        run_id: str,
        function_id: str,
        bodies: Bodies,
        now_ms: Callable[[], int],
    ) -> None:
        self.run_id = run_id
        self.function_id = function_id
        self.tasks: dict[StepKey, asyncio.Task[None]] = {}
        self.started_at_ms: dict[StepKey, int] = {}
        self._bodies = bodies
        self._now_ms = now_ms

    def startable(self, due: list[Asked]) -> list[Asked]:
        """Those that are not in progress, in the order in which the handler asked for them, kept or replayed."""
        found = [asked for asked in due if asked.command.key not in self.tasks] if self.tasks else due
        if len(found) > 1:
            found.sort(key=attrgetter("position"))
        return found

    def start(self, asked: Asked, attempt: int, ended: Callable[[BodyEnded | None], None]) -> None:
        """Start an attempt, 0-based, of a step that has none in progress.

        `ended` is called within its task at its end; with None where it was broken off.
        """
        command = asked.command
        assert isinstance(command, RunBody)  # noqa: S101 -- no other step has a body
        started_at_ms = self.started_at_ms[command.key] = self._now_ms()
        work = self._carry_out(asked, command, ended, attempt, started_at_ms)
        self.tasks[command.key] = start_task(work, self.run_id)

    async def _carry_out(
        self,
        asked: Asked,
        command: RunBody,
        ended: Callable[[BodyEnded | None], None],
        attempt: int,
        started_at_ms: int,
    ) -> None:
        end: BodyEnded | None = None
        try:
            end = await self._bodies.attempt(asked, command, attempt, started_at_ms, self.run_id)
        finally:
            del self.tasks[command.key], self.started_at_ms[command.key]
            ended(end)
