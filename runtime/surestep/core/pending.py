"""What a step call returns: something that can only be awaited, by the turn that made it.

A foreign event loop never sees these: the turn drives handlers by hand and understands nothing else.
"""

import os
import sys
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any, Generic, TypeVar

from typing_extensions import override

from surestep.core.commands import Command, StepKey
from surestep.errors import LimitError, NestedStepError, NonDeterminismError, StepUsageError

__all__ = ["Body", "Desk", "Group", "Pending", "current_body", "current_desk", "refuse_in_body"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_PACKAGE = str(Path(__file__).parents[1]) + os.sep


@dataclass(slots=True)
class Body:
    """An attempt of a step's body in progress.

    Attributes:
        attempt: 0-based.
        violation: a misuse that must end the run even if the body swallows the error.
    """

    step_id: str
    attempt: int
    violation: NestedStepError | None = None


current_body: ContextVar[Body | None] = ContextVar("surestep_current_body", default=None)
"""The body that runs in this context, None in handler code."""


class Pending(Generic[T_co]):
    """A step that was made and can be awaited. It starts when awaited or gathered.

    Attributes:
        command: what is asked.
        decode: turns the stored result into the handler's value.
        settled: the value or error once the step has ended; awaiting again gives the same.
    """

    __slots__ = ("_place", "command", "decode", "settled")

    def __init__(self, command: Command, decode: "Callable[[bytes], T_co]", place: tuple[CodeType, int]) -> None:
        self.command = command
        self.decode = decode
        self._place = place
        self.settled: tuple[object, BaseException | None] | None = None

    @property
    def place(self) -> str:
        """`file:line` of the call, for messages."""
        code, line = self._place
        return f"{code.co_filename}:{line}"

    @property
    def maker(self) -> CodeType:
        """The code that made it."""
        return self._place[0]

    def __await__(self) -> Generator[Any, Any, T_co]:
        return (yield self)  # type: ignore[no-any-return]  # the turn sends what `decode` returned

    @override
    def __repr__(self) -> str:
        return f"<step {self.command.key} ({self.command.kind}) made at {self.place}>"


class Group(Generic[T_co]):
    """Parallel branches: steps, other groups, or coroutines that use steps; of a race, only the first result counts."""

    __slots__ = ("children", "is_race", "return_exceptions")

    def __init__(
        self, children: tuple[Awaitable[object], ...], *, return_exceptions: bool = False, is_race: bool = False
    ) -> None:
        self.children = children
        self.return_exceptions = return_exceptions
        self.is_race = is_race

    def __await__(self) -> Generator[Any, Any, T_co]:
        return (yield self)  # type: ignore[no-any-return]  # the turn sends the children's results


@dataclass(slots=True)
class Desk:
    """Where a handler's steps are numbered and watched. One per turn.

    Attributes:
        step_limit: how many steps the run may make.
        changes: which path each version gate takes that the handler has met; at first, what history knows.
        new_changes: gates at which the handler has just taken the new path.
        replaying: the handler has been here before, or is being given up.
        is_closing: a branch that lost a race runs its `finally` blocks.
        unawaited: steps made and not yet asked, in order of making.
        violation: a misuse or limit that must end the run even if the handler swallows the error.
    """

    step_limit: int
    changes: dict[str, bool] = field(default_factory=dict)
    new_changes: list[str] = field(default_factory=list)
    replaying: bool = False
    is_closing: bool = False
    unawaited: dict[StepKey, Pending[object]] = field(default_factory=dict)
    violation: LimitError | StepUsageError | NonDeterminismError | None = None
    _counts: dict[str, int] = field(default_factory=dict)
    _made: int = 0

    def number(self, step_id: str) -> StepKey:
        """Give the next identity for an id. Steps are numbered when they are called.

        Raises:
            NestedStepError: the caller is a step body.
            StepUsageError: the caller has lost a race, or the id cannot be stored.
            LimitError: the run has made too many steps.
        """
        if current_body.get() is not None:
            refuse_in_body(f"step {step_id!r}")
        if self.is_closing:
            self.violation = StepUsageError(
                f"step {step_id!r} is used by a branch that has lost a race and is being closed; use it after the race"
            )
            raise self.violation
        self._made += 1
        if self._made > self.step_limit:
            self.violation = LimitError(f"the run made more than {self.step_limit} steps (limit STEPS_PER_RUN)")
            raise self.violation
        if not (step_id and step_id.isascii()):
            self._check_storable(step_id)
        occurrence = self._counts.get(step_id, 0)
        self._counts[step_id] = occurrence + 1
        return StepKey(step_id, occurrence)

    def _check_storable(self, step_id: str) -> None:
        if not step_id:
            self.violation = StepUsageError("the id of a step is empty; give it one by which its result is found again")
            raise self.violation
        try:
            step_id.encode()
        except UnicodeEncodeError:
            self.violation = StepUsageError(
                f"the id of step {step_id!r} has half of a surrogate pair, which cannot be stored"
            )
            raise self.violation from None

    def takes_new_path(self, change_id: str) -> bool:
        """Which way a version gate goes; the first meeting in a run decides.

        Code that the handler has lived through without the gate keeps the old path, for that is what it did.

        Raises:
            NestedStepError: the caller is a step body.
        """
        refuse_in_body(f"step.version({change_id!r})")
        known = self.changes.get(change_id)
        if known is None:
            known = self.changes[change_id] = not self.replaying
            if known:
                self.new_changes.append(change_id)
        return known

    def refuse(self, violation: NonDeterminismError | None) -> None:
        """End the run with a violation, if there is one, whatever the handler does about it.

        Raises:
            NonDeterminismError: it.
        """
        if violation is not None:
            self.violation = violation
            raise violation

    def make(self, command: Command, decode: Callable[[bytes], T]) -> Pending[T]:
        """Wrap a command for the handler and watch that it is awaited."""
        pending = Pending(command, decode, _place())
        self.unawaited[command.key] = pending
        return pending


current_desk: ContextVar[Desk | None] = ContextVar("surestep_current_desk", default=None)
"""The desk of the handler whose code runs in this context, None elsewhere."""


def refuse_in_body(what: str) -> None:
    """Refuse what only a handler may do.

    Raises:
        NestedStepError: the caller is a step body.
    """
    outer = current_body.get()
    if outer is not None:
        outer.violation = NestedStepError(
            f"{what} is used inside the body of step {outer.step_id!r}; "
            "return a value from the body and use the inner step in the handler"
        )
        raise outer.violation


def _place() -> tuple[CodeType, int]:
    """Code and line of the user that calls."""
    frame = sys._getframe(2)  # noqa: SLF001 -- an inspection of the whole stack would cost more than the step
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame.f_code, frame.f_lineno
