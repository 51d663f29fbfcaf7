"""Declared steps ask the same commands as the general step API."""

from datetime import UTC, datetime
from typing import Any, Literal, ParamSpec

import pytest

from surestep.authoring.declared import Body, DeclaredRun, DeclaredSteps, EventIds, Key, make_step
from surestep.authoring.events import Data, Event
from surestep.authoring.function import Function
from surestep.authoring.step import Step
from surestep.core.commands import Invoke, RunBody, SendEvents, Sleep, StepKey, StepOptions, WaitForEvent
from surestep.core.pending import Desk, Pending
from surestep.errors import StepResultError, StepUsageError
from surestep_dsl.flow import Backoff, FunctionOptions

P = ParamSpec("P")


class PaidData(Data, frozen=True):
    order_id: str = "o-1"


class Paid(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: PaidData = PaidData()


callee: Function[int, str] = Function(FunctionOptions("callee"), input_type=int, result_type=str)


class OrderSteps(DeclaredSteps):
    """As generated."""

    __slots__ = ()

    def get_user(self, body: Body[P, int], /, *args: P.args, **kwargs: P.kwargs) -> Pending[int]:
        return self._run("get-user", int, retries=2, timeout="30s", backoff=Backoff(5))(body, *args, **kwargs)

    def batch(self, *, key: Key) -> DeclaredRun[int]:
        return self._run("batch", int, key=key)

    def rest(self) -> Pending[None]:
        return self._sleep("rest", "1h")

    def until(self, instant: datetime, /) -> Pending[None]:
        return self._sleep_until("until", instant)

    def payment(self, *, key: Key) -> Pending[Paid | None]:
        return self._wait_for_event("payment", Paid, timeout="1d", match="data.order_id", lookback="run", key=key)

    def report(self, data: int, /) -> Pending[str]:
        return self._invoke("report", callee, data, timeout="10m")

    def fan_out(self, events: Paid | list[Paid], /) -> Pending[EventIds]:
        return self._send_event("fan-out", events)


@pytest.fixture
def step() -> OrderSteps:
    return OrderSteps(Desk(100))


def double(number: int) -> int:
    return 2 * number


def test_a_run_has_the_options_and_the_result_type_of_the_spec(step: OrderSteps) -> None:
    pending = step.get_user(double, 21)
    command = pending.command
    assert isinstance(command, RunBody)
    assert (command.key, command.options) == (StepKey("get-user", 0), StepOptions(2, 30_000, Backoff(5)))
    assert command.body() == 42
    assert pending.decode(command.encode(42, "step 'get-user'")) == 42


def test_another_result_than_the_declared_one_is_refused(step: OrderSteps) -> None:
    command = step.get_user(lambda: "text").command  # type: ignore[arg-type,return-value]
    assert isinstance(command, RunBody)
    with pytest.raises(StepResultError, match="get-user"):
        command.encode("text", "step 'get-user'")


def test_the_key_of_a_step_that_repeats_is_part_of_its_id(step: OrderSteps) -> None:
    keys = [step.batch(key=1)(double, 1).command.key, step.batch(key="last")(double, number=2).command.key]
    assert keys == [StepKey("batch-1", 0), StepKey("batch-last", 0)]
    assert step.payment(key=7).command.key == StepKey("payment-7", 0)


def test_an_empty_key_is_refused(step: OrderSteps) -> None:
    with pytest.raises(StepUsageError, match="step 'batch' repeats, so its key must not be empty"):
        step.batch(key="")


def test_the_other_kinds_ask_what_the_spec_says(step: OrderSteps) -> None:
    rest, until = step.rest().command, step.until(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)).command
    assert isinstance(rest, Sleep)
    assert isinstance(until, Sleep)
    assert (rest.duration_ms, until.until_ms) == (3_600_000, 1_000)
    wait = step.payment(key="a").command
    assert isinstance(wait, WaitForEvent)
    assert (wait.event_name, wait.timeout_ms, wait.match, wait.lookback) == (
        "order/paid",
        86_400_000,
        "data.order_id",
        "run",
    )
    invoke = step.report(5).command
    assert isinstance(invoke, Invoke)
    assert (invoke.function_id, invoke.data, invoke.timeout_ms) == ("callee", b"5", 600_000)
    send = step.fan_out([Paid(), Paid()]).command
    assert isinstance(send, SendEvents)
    assert [event.name for event in send.events] == ["order/paid", "order/paid"]


@pytest.mark.parametrize("name", ["run", "sleep", "get_users", "options", "send_event", "_desks"])
def test_a_handler_that_reaches_around_its_types_is_told_what_is_declared(step: OrderSteps, name: str) -> None:
    with pytest.raises(StepUsageError) as raised:
        getattr(step, name)
    assert str(raised.value) == (
        f"OrderSteps has no step {name!r}; declared are batch, fan_out, get_user, payment, report, rest, until. "
        "Declare it under `steps:` and run `surestep generate`"
    )


def test_what_python_itself_asks_for_is_no_step(step: OrderSteps) -> None:
    assert not hasattr(step, "__deepcopy__")


def test_the_declaration_says_which_step_its_handlers_get() -> None:
    general: Function[Any, object] = Function(FunctionOptions("general"))
    declared: Function[Any, object] = Function(FunctionOptions("declared"), steps=OrderSteps)
    assert type(make_step(general, Desk(1))) is Step
    assert type(make_step(declared, Desk(1))) is OrderSteps
