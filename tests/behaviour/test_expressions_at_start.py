"""Expressions are compiled when an engine starts, and a wrong one keeps it from starting."""

from typing import Any

import pytest
from tests.behaviour.conftest import Placed, World, handles

from surestep import Context, Step
from surestep.core.keys import key_of, priority_of
from surestep.errors import ConfigurationError
from surestep_dsl.flow import (
    BatchEvents,
    CancelOn,
    Concurrency,
    Debounce,
    EventTrigger,
    RateLimit,
    Singleton,
    SingletonMode,
    Throttle,
)

WRONG = "event.data.amount >"


@pytest.mark.parametrize(
    "options",
    [
        {"triggers": (EventTrigger("order/placed", WRONG),)},
        {"cancel_on": (CancelOn("order/withdrawn", condition=WRONG),)},
        {"batch_events": BatchEvents(2, 1_000, condition=WRONG)},
        {"batch_events": BatchEvents(2, 1_000, key=WRONG)},
        {"singleton": Singleton(SingletonMode.SKIP, WRONG)},
        {"throttle": Throttle(1, 1_000, key=WRONG)},
        {"rate_limit": RateLimit(1, 1_000, key=WRONG)},
        {"debounce": Debounce(1_000, key=WRONG)},
        {"concurrency": (Concurrency(1, key=WRONG),)},
        {"idempotency": WRONG},
        {"priority": WRONG},
    ],
    ids=lambda options: next(iter(options)),
)
async def test_a_wrong_one_is_told_with_its_function(world: World, options: dict[str, Any]) -> None:
    @handles(Placed, **options)
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    with pytest.raises(ConfigurationError, match=r"^function process: \w+ 'event\.data\.amount >': "):
        async with world.run(process):
            pass


async def test_no_event_waits_for_a_key_to_be_compiled(world: World) -> None:
    @handles(Placed, singleton=Singleton(SingletonMode.SKIP, "event.data.order_id"), priority="event.data.amount")
    async def process(ctx: Context[Placed], step: Step) -> None: ...

    key_of.cache_clear()
    priority_of.cache_clear()
    async with world.run(process) as bench:
        compiled = (key_of.cache_info().misses, priority_of.cache_info().misses)
        await bench.send(Placed())
        assert compiled == (key_of.cache_info().misses, priority_of.cache_info().misses) == (1, 1)
