"""The two things a run may not take from the world itself: time and chance."""

import asyncio
import contextlib
import random
import secrets
import time
from typing import Final, Protocol

from typing_extensions import override
from ulid import ULID

__all__ = ["Clock", "Entropy", "SystemClock", "created_at_ms"]

_LONGEST_SLEEP_S: Final = 60.0
"""How soon a jump of the wall clock is noticed while a timer is pending."""

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of ULIDs."""


class Clock(Protocol):
    """Wall-clock time."""

    def now_ms(self) -> int:
        """Unix milliseconds."""
        ...

    async def sleep_until(self, due_at_ms: int) -> None:
        """Return when `now_ms` has reached `due_at_ms`, or earlier when the clock was put back."""
        ...


class SystemClock(Clock):
    """The machine's clock. It may jump; what is due is due by what it says now."""

    @override
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    @override
    async def sleep_until(self, due_at_ms: int) -> None:
        # The wall clock sends no event when it jumps, so a long sleep looks at it now and then.
        before_ms = now_ms = self.now_ms()
        while before_ms <= now_ms < due_at_ms:
            before_ms = now_ms
            await asyncio.sleep(min((due_at_ms - now_ms) / 1000, _LONGEST_SLEEP_S))
            now_ms = self.now_ms()


def created_at_ms(run_id: str) -> int:
    """When an id was made; 0 for one that is no ULID."""
    try:
        return int(ULID.from_str(run_id)) >> 80
    except ValueError:
        return 0


class Entropy:
    """Ids and jitter. With a seed, jitter is the same in every process.

    Ids are ULIDs that only grow, within one millisecond too and even when the clock goes back.

    Attributes:
        uniform: gives a draw from [0, 1).
    """

    def __init__(self, seed: int | None = None) -> None:
        self.uniform = random.Random(seed).random  # noqa: S311 -- jitter, no secret
        self._last_id = 0
        self._last_text = ""

    def continue_after(self, latest_id: str) -> None:
        """Make only greater ids than this one, which another process has made, perhaps by a clock that was ahead."""
        with contextlib.suppress(ValueError):  # an id that is no ULID says nothing
            self._last_id = max(self._last_id, int(ULID.from_str(latest_id)))
            self._last_text = ""

    def new_id(self, now_ms: int) -> str:
        """A fresh ULID, greater than all before: within a millisecond, they count up."""
        if now_ms > self._last_id >> 80:
            self._last_id = now_ms << 80 | secrets.randbits(80)
        else:
            self._last_id += 1
            digit = self._last_id & 31
            if digit and self._last_text:  # nothing else has changed
                self._last_text = self._last_text[:-1] + _DIGITS[digit]
                return self._last_text
        self._last_text = str(ULID.from_int(self._last_id))
        return self._last_text
