"""What a handler does: `step`. Every method makes a step; awaiting it carries the step out, once."""

import functools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FunctionType
from typing import Any, Generic, Literal, ParamSpec, TypeVar, overload

import pydantic_core
from typing_extensions import TypeVar as DefaultTypeVar

from surestep.authoring.closures import find_closure_change
from surestep.authoring.events import Event, Sendable
from surestep.authoring.function import Function
from surestep.authoring.gather import Gathering
from surestep.authoring.matches import find_match_problem
from surestep.authoring.race import Racing
from surestep.authoring.times import duration_ms, instant_ms
from surestep.core.commands import (
    DEFAULT_OPTIONS,
    Invoke,
    OutgoingEvent,
    RunBody,
    SendEvents,
    Sleep,
    StepOptions,
    WaitForEvent,
)
from surestep.core.conditions import condition_of
from surestep.core.pending import Desk, Pending
from surestep.core.unwatched import unwatched
from surestep.core.values import ValueCodec, codec_of_callable, codec_of_type, fingerprint_of, fingerprint_of_call
from surestep.errors import StepResultError, StepUsageError
from surestep.limits import RETRIES_MAX
from surestep_dsl.flow import Backoff

__all__ = ["Step", "StepRunner", "make_run", "outgoing_event"]

P = ParamSpec("P")
T = TypeVar("T")
InputT = TypeVar("InputT")
ResultT = TypeVar("ResultT")
EventT = TypeVar("EventT", bound=Event)
EmitT_contra = DefaultTypeVar("EmitT_contra", bound=Sendable, contravariant=True, default=Sendable)


@dataclass(frozen=True, slots=True)
class StepRunner:
    """`step.run` with settings of its own, made by `step.options`."""

    _desk: Desk
    _options: StepOptions

    @overload
    def run(
        self, step_id: str, body: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]: ...

    @overload
    def run(self, step_id: str, body: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Pending[T]: ...

    @unwatched
    def run(self, step_id: str, body: Callable[..., Any], /, *args: object, **kwargs: object) -> Pending[Any]:
        """As `Step.run`."""
        return make_run(self._desk, self._options, step_id, body, args, kwargs)


class Step(Gathering, Racing, Generic[EmitT_contra]):
    """Makes the steps of one run.

    `EmitT_contra` is the union of the events the function may send, all events where its spec does not say.
    """

    __slots__ = ("_desk",)

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @overload
    def run(
        self, step_id: str, body: Callable[P, Coroutine[Any, Any, T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Pending[T]: ...

    @overload
    def run(self, step_id: str, body: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Pending[T]: ...

    @unwatched
    def run(self, step_id: str, body: Callable[..., Any], /, *args: object, **kwargs: object) -> Pending[Any]:
        """Call `body(*args, **kwargs)`, once: when it has finished, its result is remembered and never made again.

        Args:
            step_id: names the step in history; keep it when code around it changes. The same id may be used again.
            body: a coroutine function, or a plain one, which runs in a thread. Its return annotation says how the
                result is stored.
            *args: passed to the body.
            **kwargs: passed to the body.

        Returns:
            The result, as decoded from the store.

        Raises:
            StepError: at the await, when its attempts are used up.
        """
        return make_run(self._desk, DEFAULT_OPTIONS, step_id, body, args, kwargs)

    def options(
        self, *, retries: int | None = None, timeout: str | timedelta | None = None, backoff: Backoff | None = None
    ) -> StepRunner:
        """Settings for one `run`: further attempts (0 to 20), time per attempt, delays between attempts.

        A plain body cannot be stopped: after its timeout, its thread goes on and what it returns is dropped.
        """
        if retries is not None and not 0 <= retries <= RETRIES_MAX:
            raise StepUsageError(f"retries={retries} is not between 0 and {RETRIES_MAX}")
        timeout_ms = None if timeout is None else duration_ms(timeout)
        return StepRunner(self._desk, StepOptions(retries, timeout_ms, backoff))

    def version(self, change_id: str) -> bool:
        """Whether this run takes the new path of a change; not to be awaited.

        A run that had passed this place before the gate stood here gets False, every other run True. The answer of
        the first meeting is remembered for the whole run. Runs under way are not disturbed when a gate is put in, and
        none that took the new path when it is taken out.

        Args:
            change_id: names the change, once per handler.
        """
        return self._desk.takes_new_path(change_id)

    def sleep(self, step_id: str, duration: str | timedelta) -> Pending[None]:
        """Do nothing for a time, at most 366 days; the process may end meanwhile."""
        ms = duration_ms(duration)
        key = self._desk.number(step_id)
        return self._desk.make(Sleep(key, duration_ms=ms, fingerprint=fingerprint_of(ms)), _decode_nothing)

    def sleep_until(self, step_id: str, instant: datetime) -> Pending[None]:
        """Do nothing until an instant (with a time zone), at most 366 days ahead; the past is now."""
        until_ms = instant_ms(instant)
        key = self._desk.number(step_id)
        return self._desk.make(Sleep(key, until_ms=until_ms, fingerprint=fingerprint_of(until_ms)), _decode_nothing)

    def wait_for_event(
        self,
        step_id: str,
        event: type[EventT],
        *,
        timeout: str | timedelta,
        match: str | None = None,
        if_: str | None = None,
        lookback: Literal["none", "run"] = "none",
    ) -> Pending[EventT | None]:
        """Wait for an event that arrives from now on.

        Args:
            step_id: names the step in history.
            event: class of the awaited event.
            timeout: 1 s to 366 days; then the result is None.
            match: a path such as `data.orderId` that must be equal in the trigger and the awaited event.
            if_: an expression over `event` (the trigger) and `async` (the awaited event) instead of `match`.
            lookback: "run" also takes events received since the run began that it has not consumed.
        """
        if match is not None and if_ is not None:
            raise StepUsageError(f"step {step_id!r} states both match and if_; state one")
        if match is not None and (problem := find_match_problem(event, match)) is not None:
            raise StepUsageError(f"step {step_id!r} matches {match!r}: {problem}")
        if if_ is not None:
            condition_of(if_)
        timeout_ms = duration_ms(timeout)
        name = str(event.model_fields["name"].default)
        command = WaitForEvent(
            self._desk.number(step_id),
            event_name=name,
            timeout_ms=timeout_ms,
            match=match,
            condition=if_,
            lookback=lookback,
            fingerprint=fingerprint_of(name, timeout_ms, match, if_, lookback),
        )
        return self._desk.make(command, functools.partial(_decode_event, event))

    def invoke(
        self, step_id: str, function: Function[InputT, ResultT], data: InputT, *, timeout: str | timedelta
    ) -> Pending[ResultT]:
        """Run another function of the app and wait for its result.

        Args:
            step_id: names the step in history.
            function: the declaration, from the generated package.
            data: its input.
            timeout: 1 s to 366 days; a timeout does not stop the callee.

        Raises:
            InvokeError: at the await, when there is no result; its subclasses say why.
        """
        encoded = codec_of_type(function.input_type).encode(data, f"the data of invoke {step_id!r}")
        timeout_ms = duration_ms(timeout)
        command = Invoke(
            self._desk.number(step_id),
            function_id=function.id,
            data=encoded,
            timeout_ms=timeout_ms,
            fingerprint=fingerprint_of(function.id, encoded, timeout_ms),
        )
        return self._desk.make(command, codec_of_type(function.result_type).decode)

    def send_event(self, step_id: str, events: EmitT_contra | Sequence[EmitT_contra]) -> Pending[list[str]]:
        """Send events, exactly once. Returns their ids in the order given."""
        batch: Sequence[Any] = events if isinstance(events, Sequence) else (events,)
        outgoing = tuple(outgoing_event(event) for event in batch)
        command = SendEvents(self._desk.number(step_id), outgoing, fingerprint_of(*map(repr, outgoing)))
        return self._desk.make(command, pydantic_core.from_json)


def outgoing_event(event: Event) -> OutgoingEvent:
    """An event as it leaves this process."""
    data = event.data.model_dump_json(by_alias=True, warnings=False).encode()  # the border checks it, and says more
    return OutgoingEvent(event.name, data, event.id, event.ts or None, event.v)


def make_run(
    desk: Desk,
    options: StepOptions,
    step_id: str,
    body: Callable[..., Any],
    args: tuple[object, ...],
    kwargs: dict[str, object],
    *,
    codec: ValueCodec | None = None,
) -> Pending[Any]:
    """A step that calls `body(*args, **kwargs)`; its result is stored as `codec` says, or the body's annotation.

    Raises:
        NonDeterminismError: the body changes variables of its handler.
    """
    if not callable(body):
        raise StepUsageError(f"step {step_id!r} got {body!r} to run; pass the function itself, not what it returns")
    try:
        codec = codec or codec_of_callable(body)
    except StepResultError as error:
        raise StepResultError(f"the result of step {step_id!r} cannot be stored: {error}") from None
    command = RunBody(
        desk.number(step_id),
        functools.partial(body, *args, **kwargs) if args or kwargs else body,
        codec.encode,
        fingerprint_of_call(args, kwargs),
        options,
    )
    pending = desk.make(command, codec.decode)
    if type(body) is FunctionType and body.__closure__:
        desk.refuse(find_closure_change(step_id, body, pending.maker))
    return pending


def _decode_nothing(_: bytes) -> None:
    return None


def _decode_event(event_class: type[EventT], encoded: bytes) -> EventT | None:
    return None if encoded == b"null" else event_class.model_validate_json(encoded)
