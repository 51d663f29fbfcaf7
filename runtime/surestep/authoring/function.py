"""Declarations of functions and the handlers bound to them.

Generated code subclasses `Function` once per function and gives it a `__call__` that takes exactly the handler that
fits. Binding is a value, not a registration: nothing global changes, the registry finds handlers by name.
"""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias

from typing_extensions import TypeVar, override

from surestep.authoring.events import Event
from surestep.core.pending import Desk
from surestep.errors import ConfigurationError
from surestep_dsl.flow import FunctionOptions

__all__ = ["Function", "Handler", "HandlerCallable", "Role"]

InputT = TypeVar("InputT", contravariant=True)
ResultT = TypeVar("ResultT", covariant=True)

HandlerCallable: TypeAlias = Callable[[Any, Any], Coroutine[Any, Any, object]]

Role: TypeAlias = Literal["handler", "on_failure", "on_cancel"]


class Function(Generic[InputT, ResultT]):
    """A declared function: what it is called with when invoked (`InputT`) and what it returns (`ResultT`).

    Args:
        options: triggers, retries and flow control from the spec.
        events: event classes of its triggers, in the order of the spec's names; a wildcard contributes each match.
        invoked: event class the handler sees when the function has an explicit input and is invoked.
        input_type: annotation of what an invocation passes.
        result_type: annotation of the handler's result.
        steps: class of its declared steps; None where the spec does not declare them.
    """

    def __init__(
        self,
        options: FunctionOptions,
        *,
        events: tuple[type[Event], ...] = (),
        invoked: type[Event] | None = None,
        input_type: object = None,
        result_type: object = None,
        steps: Callable[[Desk], object] | None = None,
    ) -> None:
        self.options = options
        self.events = events
        self.invoked = invoked
        self.input_type = input_type
        self.result_type = result_type
        self.steps = steps

    @property
    def id(self) -> str:
        """The function's id within its app."""
        return self.options.id

    @override
    def __repr__(self) -> str:
        return f"<function {self.id}>"


@dataclass(frozen=True, slots=True)
class Handler:
    """A handler bound to the function it implements.

    Raises:
        ConfigurationError: it is a plain function, which cannot await steps.
    """

    function: Function[Any, object]
    call: HandlerCallable
    role: Role = "handler"

    def __post_init__(self) -> None:
        call = self.call
        if inspect.isfunction(call) and not inspect.iscoroutinefunction(call) and not hasattr(call, "__wrapped__"):
            yields = inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call)
            kind = "generator" if yields else "plain"
            message = f"{call.__qualname__} is a {kind} function; a handler is a coroutine function"
            raise ConfigurationError(message, "write async def")
