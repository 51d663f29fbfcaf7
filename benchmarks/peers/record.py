"""Runs the handler of the working directory once, with nothing around it, and prints what it asks for as JSON."""

import asyncio
import inspect
import json
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress

__all__: list[str] = []


class Recorder:
    """Context and step in one."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []

    def now(self) -> int:
        """Any number."""
        return 5

    async def _ask(self, kind: str, name: str, value: object) -> object:
        self.asked.append((kind, name, value))
        return value

    def run(self, step_id: str, _body: Callable[..., object], *arguments: object) -> Awaitable[object]:
        """All bodies of the changes give back what they are given."""
        return self._ask("run", step_id, str(arguments[0]) if arguments else "")

    def sleep(self, step_id: str, length: str) -> Awaitable[object]:
        """No time passes."""
        return self._ask("sleep", step_id, length)


async def main() -> None:
    """Record; a handler that fails has asked for what it has asked."""
    sys.path.insert(0, ".")
    recorder = Recorder()
    with suppress(Exception):
        import handler  # noqa: PLC0415 -- it may fail

        found = await handler.handle(recorder, recorder)
        if inspect.isawaitable(found):
            await found
    print(json.dumps(recorder.asked))


asyncio.run(main())
