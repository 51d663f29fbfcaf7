"""What every engine offers to those who look after runs: the command line, the HTTP API, tests.

Plain values in both directions, as in `api`.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from surestep.core.records import RunStatus

__all__ = ["Control", "Rerun", "RerunRefused", "RerunStarted", "Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which runs are meant: those that fit all that is stated.

    Attributes:
        run_ids: only these; empty for all.
        since_ms: created at this instant or later, in Unix milliseconds.
        until_ms: created before this instant.
        condition: an expression over `event`, the run's trigger.
        is_live: whether they have yet to end; None for either.
    """

    run_ids: tuple[str, ...] = ()
    function_id: str | None = None
    status: RunStatus | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    condition: str | None = None
    is_live: bool | None = None


@dataclass(frozen=True, slots=True)
class RerunStarted:
    """A run was created that does again what another one did."""

    run_id: str


@dataclass(frozen=True, slots=True)
class RerunRefused:
    """Nothing was created; `reason` is a sentence."""

    why: Literal["unknown run", "live run", "unknown step", "flow control"]
    reason: str


Rerun: TypeAlias = RerunStarted | RerunRefused


class Control(Protocol):
    """Looks after runs."""

    async def find_runs(self, selection: Selection) -> list[str]:
        """Ids of the runs that are meant, newest first; of those named, the ones that there are.

        Raises:
            StepUsageError: the condition is no expression.
        """
        ...

    async def load_history(self, run_id: str) -> bytes | None:
        """A run as a document to be kept and replayed, with sensitive values masked; None when there is none."""
        ...

    async def rerun(self, run_id: str, *, step: str = "", data: bytes | None = None) -> Rerun:
        """Create a run that does again what a run did that has ended or is blocked.

        Args:
            run_id: the run.
            step: what was finished before this step (`id`, or `id:1` and so on) is not done again; all of it is where
                no step is named.
            data: what the run's event carries instead, as JSON.

        Raises:
            EventRejectedError: the event cannot carry `data`.
        """
        ...
