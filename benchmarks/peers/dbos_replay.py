"""The handler of the working directory as a workflow of DBOS, on a file of SQLite.

    dbos_replay.py record STORE    run it to its end, in whatever way it ends
    dbos_replay.py replay STORE    fork it behind its last step, with the code that is there now

The status of a replay is 1 where DBOS finds that another step is asked for than was recorded.
"""

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable

from dbos import DBOS, SetWorkflowID, error

__all__: list[str] = []

SECONDS = {"1s": 0.01, "1m": 0.02, "2m": 0.04}


class Context:
    """What handlers of the suite ask a context for."""

    def now(self) -> int:
        """Any number."""
        return 5


class Step:
    """Steps and sleeps; DBOS gives sleeps no names."""

    def run(self, step_id: str, body: Callable[..., object], *arguments: object) -> Awaitable[object]:
        """A step of that name."""
        return DBOS.run_step_async({"name": step_id}, body, *arguments)

    def sleep(self, _step_id: str, length: str) -> Awaitable[None]:
        """A short one."""
        return DBOS.sleep_async(SECONDS[length])


@DBOS.workflow(name="process")
async def process() -> None:
    """Run the handler, which is imported outside of the workflow."""
    found = await handle(Context(), Step())
    if inspect.isawaitable(found):
        await found


async def main(command: str, store: str) -> int:
    """Do what is asked; a handler's own errors are its own."""
    DBOS(
        config={
            "name": "shop",
            "system_database_url": f"sqlite:///{store}",
            "run_admin_server": False,
            "log_level": "CRITICAL",
            "application_version": "1",
        }
    )
    DBOS.launch()
    try:
        if command == "record":
            with SetWorkflowID("w"):
                handle = await DBOS.start_workflow_async(process)
        else:
            steps = await DBOS.list_workflow_steps_async("w")
            handle = await DBOS.fork_workflow_async("w", len(steps) + 1)
        await handle.get_result()
    except error.DBOSUnexpectedStepError:
        return 1
    except Exception as fault:  # noqa: BLE001 -- the suite's handlers may raise anything
        sys.stderr.write(f"{type(fault)} {fault}\n")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, ".")
    from handler import handle

    sys.exit(asyncio.run(main(*sys.argv[1:])))
