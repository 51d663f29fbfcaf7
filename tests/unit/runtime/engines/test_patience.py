import logging

import pytest

from surestep.engines import patience
from surestep.engines.patience import patiently
from surestep.errors import StaleCheckpointError, StoreError


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)

    async def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_PAUSE_S", 0)


async def test_a_store_that_cannot_now_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    assert await patiently("run 1", Flaky(StoreError("full"), StoreError("still full")), lambda: False) == "done"
    assert caplog.messages == ["run 1 waits for its store: full", "run 1 waits for its store: still full"]


@pytest.mark.parametrize("error", [StaleCheckpointError("late"), ValueError("bug")])
async def test_what_does_not_pass_is_passed_on(error: Exception) -> None:
    with pytest.raises(type(error)):
        await patiently("run 1", Flaky(error), lambda: False)


async def test_an_engine_that_stops_does_not_wait() -> None:
    with pytest.raises(StoreError):
        await patiently("run 1", Flaky(StoreError("full")), lambda: True)
