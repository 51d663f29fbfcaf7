"""Shadow replay in production: some of the runs that have finished are replayed, beside the engine's work.

The runs have ended and are committed; a replay reads them from the store, in a thread, and writes nothing. When runs
end faster than they can be replayed, some are skipped: a sample need not be complete.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from surestep.core.records import RunStatus
from surestep.engines.determinism import Determinism
from surestep.engines.patience import patiently
from surestep.engines.replaying import App, Verdict, replay_run
from surestep.limits import SHADOW_QUEUE
from surestep.storage.port import Checkpoint, Store

__all__ = ["Shadow"]

_logger = logging.getLogger("surestep.shadow")


class Shadow:
    """Replays a sample of an engine's runs.

    Args:
        store: where the runs are.
        app: their handlers, with a guard of its own: another thread asks it.
        determinism: how many runs, and of which functions.
        draw: gives numbers in [0, 1).

    Attributes:
        replayed: how many runs were replayed.
        diverged: how many of them asked for something else, or ended otherwise.
        skipped: how many were drawn and not replayed, as too many others waited.
    """

    def __init__(self, store: Store, app: App, determinism: Determinism, draw: Callable[[], float]) -> None:
        self.replayed = 0
        self.diverged = 0
        self.skipped = 0
        self._store = store
        self._app = app
        self._determinism = determinism
        self._draw = draw
        self._waiting: asyncio.Queue[str] = asyncio.Queue(SHADOW_QUEUE)
        self._thread = ThreadPoolExecutor(1, "surestep-shadow")

    def notice(self, checkpoint: Checkpoint) -> None:
        """A checkpoint has been committed; one in so many that end a run is remembered."""
        if self._determinism.shadow_replay <= 0 or checkpoint.status not in {RunStatus.COMPLETED, RunStatus.FAILED}:
            return
        if self._draw() >= self._determinism.shadow_replay:
            return
        try:
            self._waiting.put_nowait(checkpoint.run_id)
        except asyncio.QueueFull:
            self.skipped += 1

    async def watch(self) -> None:
        """Replay until cancelled."""
        try:
            while True:
                run_id = await self._waiting.get()
                await patiently("shadow replay", partial(self._replay, run_id), lambda: False)
                self._waiting.task_done()
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def caught_up(self) -> None:
        """Wait until all that was drawn is replayed. Meant for tests."""
        await self._waiting.join()

    async def _replay(self, run_id: str) -> None:
        stored = await self._store.load_run(run_id)
        if stored is None or not self._determinism.compares(stored.row.function_id):
            return  # pruned meanwhile, or free to disagree
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._thread, replay_run, self._app, stored)
        except Exception:
            _logger.exception("run %s cannot be replayed", run_id)
            return
        self.replayed += 1
        if found.verdict in {Verdict.DIVERGED, Verdict.ENDED_OTHERWISE}:
            self.diverged += 1
            _logger.error("R300 a replay of a finished run does something else: %s", found.message)
