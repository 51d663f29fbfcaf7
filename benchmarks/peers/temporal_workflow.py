"""The workflow around a handler, for Temporal's sandbox, which imports this module and the handler anew."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta

import handler
from temporalio import workflow

__all__ = ["Workflow"]

SECONDS = {"1s": 1, "1m": 60, "2m": 120}


class Context:
    """What handlers of the suite ask a context for."""

    def now(self) -> int:
        """Any number."""
        return 5


class Step:
    """Steps as activities, sleeps as timers."""

    def run(self, step_id: str, _body: Callable[..., object], *arguments: object) -> Awaitable[object]:
        """An activity of the step's name."""
        return workflow.execute_activity(step_id, args=arguments, start_to_close_timeout=timedelta(minutes=1))

    def sleep(self, _step_id: str, length: str) -> Awaitable[None]:
        """A timer."""
        return workflow.sleep(SECONDS[length])


@workflow.defn(name="Workflow")
class Workflow:
    """One handler."""

    @workflow.run
    async def run(self) -> None:
        """Run it."""
        found = await handler.handle(Context(), Step())
        if inspect.isawaitable(found):
            await found
