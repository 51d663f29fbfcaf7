"""Makes the examples importable: they are a project of their own, next to this one."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

SPECS = Path(__file__).parents[2] / "specs"
sys.path.insert(0, str(SPECS))

from examples.contract.registry import REGISTRY  # noqa: E402 -- after the path was set

from surestep.testing import Bench  # noqa: E402


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """The whole app on a virtual clock; it starts at midnight of 2026-01-01 in UTC."""
    async with Bench(REGISTRY) as bench:
        yield bench
