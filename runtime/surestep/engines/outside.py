"""What the driver of a run needs of its engine."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from surestep.engines.bodies import Bodies
from surestep.engines.execution import Execution
from surestep.engines.patience import patiently
from surestep.errors import StoreError
from surestep.storage.port import Appended, Checkpoint, Store, StoredRun

__all__ = ["Outside"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Outside:
    """The same for all runs.

    Attributes:
        execute: makes an execution of a stored run; raises UnknownFunctionError.
        dispatch: passes on what a commit caused.
        draining: whether no new work may be begun.
    """

    store: Store
    bodies: Bodies
    execute: Callable[[StoredRun], Execution]
    dispatch: Callable[[Checkpoint, Appended], None]
    draining: Callable[[], bool]
    now_ms: Callable[[], int]
    sleep_until: Callable[[int], Awaitable[None]]

    def ask(self, run_id: str, call: Callable[[], Awaitable[_T]]) -> Awaitable[_T]:
        """What a use of the store returns, as soon as the store can answer."""
        return patiently(f"run {run_id}", call, self.draining)

    async def load(self, run_id: str) -> StoredRun:
        """What the store knows of a run.

        Raises:
            StoreError: it is gone, or the store cannot tell and the engine stops.
        """
        stored = await self.ask(run_id, partial(self.store.load_run, run_id))
        if stored is None:
            raise StoreError(f"run {run_id} is gone from the store")
        return stored
