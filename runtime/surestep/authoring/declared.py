"""Declared steps: what generated step classes are made of, and which class a function's handlers get.

A generated class has one method for each step that its spec declares. The methods call the protected ones here, which
ask the general `Step`; so a declared step is the same command as one that a handler would write itself.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from surestep.authoring.events import Event
from surestep.authoring.function import Function
from surestep.authoring.gather import Gathering
from surestep.authoring.race import Racing
from surestep.authoring.step import Step, make_run
from surestep.authoring.times import duration_ms
from surestep.core.commands import StepOptions
from surestep.core.pending import Desk, Pending
from surestep.core.unwatched import unwatched
from surestep.core.values import codec_of_type
from surestep.errors import StepUsageError
from surestep_dsl.flow import Backoff

__all__ = ["Body", "DeclaredRun", "DeclaredSteps", "EventIds", "Key", "make_step"]

P = ParamSpec("P")
T = TypeVar("T")
EventT = TypeVar("EventT", bound=Event)
InputT = TypeVar("InputT")
ResultT = TypeVar("ResultT")

Body: TypeAlias = Callable[P, Coroutine[Any, Any, T] | T]
"""What a step runs: a coroutine function or a plain one."""

Key: TypeAlias = str | int
"""Tells the repetitions of a step apart: the step's id is `<id>-<key>`."""

EventIds: TypeAlias = list[str]
"""Ids of sent events, in the order given."""


@dataclass(frozen=True, slots=True)
class DeclaredRun(Generic[T]):
    """A `run` step that is called with its body."""

    _desk: Desk
    _step_id: str
    _result_type: object
    _options: StepOptions

    @unwatched
    def __call__(self, body: Body[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Pending[T]:
        """As `Step.run`; the result's type is the declared one."""
        codec = codec_of_type(self._result_type)
        return make_run(self._desk, self._options, self._step_id, body, args, kwargs, codec=codec)


class DeclaredSteps(Gathering, Racing):
    """Base of generated step classes: one method for each declared step, `gather`, `race`, and nothing else."""

    __slots__ = ("_desk", "_step")

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._step: Step[Any] = Step(desk)

    if not TYPE_CHECKING:  # a type checker finds such a step itself

        def __getattr__(self, name: str) -> object:
            """Refuse what is not declared.

            Raises:
                StepUsageError: always, but for names that Python itself asks for.
            """
            if name.startswith("__"):
                raise AttributeError(name)
            declared = sorted(found for found in vars(type(self)) if not found.startswith("__"))
            raise StepUsageError(
                f"{type(self).__name__} has no step {name!r}; declared are {', '.join(declared) or 'none'}. "
                "Declare it under `steps:` and run `surestep generate`"
            )

    def _run(
        self,
        step_id: str,
        result_type: object,
        *,
        key: Key | None = None,
        retries: int | None = None,
        timeout: str | None = None,
        backoff: Backoff | None = None,
    ) -> DeclaredRun[Any]:
        options = StepOptions(retries, None if timeout is None else duration_ms(timeout), backoff)
        return DeclaredRun(self._desk, _repeated(step_id, key), result_type, options)

    def _sleep(self, step_id: str, duration: str, *, key: Key | None = None) -> Pending[None]:
        return self._step.sleep(_repeated(step_id, key), duration)

    def _sleep_until(self, step_id: str, instant: datetime, *, key: Key | None = None) -> Pending[None]:
        return self._step.sleep_until(_repeated(step_id, key), instant)

    def _wait_for_event(
        self,
        step_id: str,
        event: type[EventT],
        *,
        timeout: str,
        match: str | None = None,
        if_: str | None = None,
        lookback: Literal["none", "run"] = "none",
        key: Key | None = None,
    ) -> Pending[EventT | None]:
        return self._step.wait_for_event(
            _repeated(step_id, key), event, timeout=timeout, match=match, if_=if_, lookback=lookback
        )

    def _invoke(
        self, step_id: str, function: Function[InputT, ResultT], data: InputT, *, timeout: str, key: Key | None = None
    ) -> Pending[ResultT]:
        return self._step.invoke(_repeated(step_id, key), function, data, timeout=timeout)

    def _send_event(
        self, step_id: str, events: Event | Sequence[Event], *, key: Key | None = None
    ) -> Pending[EventIds]:
        return self._step.send_event(_repeated(step_id, key), events)


def make_step(function: Function[Any, object], desk: Desk) -> object:
    """What the handlers of a function get as `step`: the class of its declared steps, or the general one."""
    return (function.steps or Step)(desk)


def _repeated(step_id: str, key: Key | None) -> str:
    if key is None:
        return step_id
    if key == "":
        raise StepUsageError(f"step {step_id!r} repeats, so its key must not be empty")
    return f"{step_id}-{key}"
