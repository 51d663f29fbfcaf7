import asyncio

import pytest
from ulid import ULID

from surestep.engines import clock
from surestep.engines.clock import Entropy, SystemClock


def test_ids_grow_within_a_millisecond_and_when_the_clock_goes_back() -> None:
    entropy = Entropy()
    made = [entropy.new_id(now_ms) for now_ms in [5_000] * 500 + [4_000] * 10 + [6_000]]

    assert made == sorted(set(made))
    assert ULID.from_str(made[0]).milliseconds == 5_000
    assert ULID.from_str(made[-1]).milliseconds == 6_000


def test_two_engines_with_one_seed_draw_the_same_jitter_and_other_ids() -> None:
    one, other = Entropy(seed=1), Entropy(seed=1)

    assert [one.uniform() for _ in range(3)] == [other.uniform() for _ in range(3)]
    assert one.new_id(5_000) != other.new_id(5_000)


async def test_a_sleep_ends_when_the_wall_clock_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = 1_000
    monkeypatch.setattr(clock, "_LONGEST_SLEEP_S", 0.001)
    system = SystemClock()
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: now_ms)
    sleeping = asyncio.create_task(system.sleep_until(10_000_000))
    await asyncio.sleep(0.005)
    assert not sleeping.done()
    now_ms = 10_000_000  # the clock was put forward
    await asyncio.wait_for(sleeping, 180)
