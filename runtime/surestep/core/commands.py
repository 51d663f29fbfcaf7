"""What a handler can ask for: the closed union `Command`, and the identity of a step.

A command is made when a step method is called and asked when it is awaited. Nothing here is carried out.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha1
from typing import Literal, NamedTuple, TypeAlias

from typing_extensions import override

from surestep.core.value import value
from surestep_dsl.flow import Backoff

__all__ = [
    "DEFAULT_OPTIONS",
    "Command",
    "Invoke",
    "OutgoingEvent",
    "RunBody",
    "SendEvents",
    "Sleep",
    "StepKey",
    "StepKind",
    "StepOptions",
    "WaitForEvent",
]

StepKind: TypeAlias = Literal["run", "sleep", "wait_for_event", "invoke", "send_event"]


class StepKey(NamedTuple):
    """Who a step is: its id and how many times that id was met before in the run (0 for the first)."""

    id: str
    occurrence: int = 0

    @override
    def __str__(self) -> str:
        return self.id if self.occurrence == 0 else f"{self.id}:{self.occurrence}"

    @property
    def wire_hash(self) -> str:
        """Lower-case hex SHA-1 of `id`, `id:1`, `id:2` ...: the identity other engines use."""
        return sha1(str(self).encode(), usedforsecurity=False).hexdigest()


@value(frozen=True, slots=True)
class StepOptions:
    """Per-step settings; None means the function's.

    Attributes:
        retries: further attempts after the first, 0 to 20.
        timeout_ms: how long one attempt may take.
        backoff: delays between attempts.
    """

    retries: int | None = None
    timeout_ms: int | None = None
    backoff: Backoff | None = None


DEFAULT_OPTIONS = StepOptions()


@value(frozen=True, slots=True)
class OutgoingEvent:
    """An event to send: its data already encoded as JSON; `ts_ms` None means now."""

    name: str
    data: bytes
    id: str = ""
    ts_ms: int | None = None
    v: str | None = None


@value(frozen=True, slots=True)
class RunBody:
    """Run a function of the user's, once.

    Attributes:
        encode: turns its result into JSON; the second argument is what an error calls the step.
    """

    key: StepKey
    body: Callable[[], Awaitable[object] | object]
    encode: Callable[[object, str], bytes]
    fingerprint: str = ""
    options: StepOptions = DEFAULT_OPTIONS
    kind: Literal["run"] = "run"


@value(frozen=True, slots=True)
class Sleep:
    """Wait for a time: a duration from now, or until an instant (exactly one is set)."""

    key: StepKey
    duration_ms: int | None = None
    until_ms: int | None = None
    fingerprint: str = ""
    kind: Literal["sleep"] = "sleep"


@value(frozen=True, slots=True)
class WaitForEvent:
    """Wait for an event. At most one of `match` (`data.a.b`) and `condition` is set."""

    key: StepKey
    event_name: str
    timeout_ms: int
    match: str | None = None
    condition: str | None = None
    lookback: Literal["none", "run"] = "none"
    fingerprint: str = ""
    kind: Literal["wait_for_event"] = "wait_for_event"


@value(frozen=True, slots=True)
class Invoke:
    """Run another function of the app and wait for its result; `data` is JSON."""

    key: StepKey
    function_id: str
    data: bytes
    timeout_ms: int
    fingerprint: str = ""
    kind: Literal["invoke"] = "invoke"


@value(frozen=True, slots=True)
class SendEvents:
    """Send events, exactly once, together with the commit of this step."""

    key: StepKey
    events: tuple[OutgoingEvent, ...]
    fingerprint: str = ""
    kind: Literal["send_event"] = "send_event"


Command: TypeAlias = RunBody | Sleep | WaitForEvent | Invoke | SendEvents
