"""After a crash a body is started by the replay, and its retry timer fires all the same."""

from typing import Any

import pytest

from surestep import Context, Event, Function, Handler, Registry, Step
from surestep.authoring.registry import BoundFunction
from surestep.core.commands import StepKey
from surestep.core.decisions import RunLimits
from surestep.core.failures import BodyFailed
from surestep.core.inputs import BodyEnded
from surestep.core.outcomes import Success
from surestep.core.records import RunStarted, RunStatus, StepAttemptFailed
from surestep.core.signals import TimerDue, TimerPurpose
from surestep.engines.clock import Entropy
from surestep.engines.determinism import Determinism
from surestep.engines.execution import Execution, Tools
from surestep.engines.intake import Intake
from surestep.engines.replaying import App
from surestep.errors import ErrorInfo
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.port import RunRow, StoredEvent, StoredRun
from surestep.testing import VirtualClock
from surestep_dsl.flow import FunctionOptions

ERROR = ErrorInfo("ValueError", "no answer")
CHARGE = StepKey("charge")
NOW_MS = 1_767_225_600_000

FUNCTION: Function[Any, object] = Function(FunctionOptions("ship"))


class Ordered(Event, frozen=True):
    name: str = "order/created"


def charge() -> int:
    return 1


async def ship(_ctx: Context[Event], step: Step) -> None:
    await step.run("charge", charge)
    await step.sleep("pause", "1h")


@pytest.fixture
def execution() -> Execution:
    """A run whose body has failed once, just read from the store after a crash; the next attempt is due."""
    handler = Handler(FUNCTION, ship)
    functions = {"ship": BoundFunction(FUNCTION, handler)}
    registry = Registry("shop", events={"order/created": f"{__name__}:Ordered"})
    registry._classes["order/created"] = Ordered
    clock = VirtualClock(NOW_MS)
    intake = Intake(registry, functions, lambda _: "id")
    app = App(registry, functions, Guard(GuardMode.OFF).resume)
    tools = Tools(app, intake, clock, Entropy(seed=1), Determinism(), RunLimits())
    event = StoredEvent("E", "order/created", b"{}", "E", NOW_MS, NOW_MS)
    failed = StepAttemptFailed(NOW_MS - 9, 0, CHARGE, "", 0, NOW_MS - 9, ERROR, NOW_MS - 5)
    row = RunRow("R", "ship", RunStatus.RUNNING, ("E",), NOW_MS - 10, "event", NOW_MS - 10)
    return Execution(tools, handler, StoredRun(row, (event,), (RunStarted(NOW_MS - 10, ""), failed), ()))


@pytest.mark.parametrize("result", [Success(b"1"), BodyFailed(ERROR)])
def test_a_retry_timer_that_arrives_with_the_end_of_the_body_starts_no_other_attempt(
    execution: Execution, result: Success | BodyFailed
) -> None:
    execution.go_on()
    [asked] = execution.to_start
    execution.to_start = []

    execution.take(TimerDue(TimerPurpose.RETRY, CHARGE))
    execution.take(BodyEnded(asked, NOW_MS, result, None))
    execution.go_on()
    assert execution.to_start == []
