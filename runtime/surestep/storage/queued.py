"""What a store tells about runs that wait: for flow control, or for the time when they are to begin."""

from surestep.core.policies.pause import PauseMode
from surestep.core.policies.queueing import Queueing
from surestep.core.value import value

__all__ = ["PutOff", "PutOffList", "QueueState", "QueuedRun"]


@value(frozen=True, slots=True)
class QueuedRun:
    """A live run that flow control counts.

    Attributes:
        has_begun: or it was let go: it holds a place of its throttle.
        has_signals: it has been told something that it has not taken note of.
    """

    run_id: str
    function_id: str
    queueing: Queueing
    has_begun: bool
    has_signals: bool


@value(frozen=True, slots=True)
class QueueState:
    """What an engine needs to know of flow control when it starts.

    Attributes:
        runs: live ones that wait for something of flow control, oldest first; except those with a START timer.
        paces: the mark of the place that lasts longest, by group of a throttle.
        paused: functions, each with what happens to events meanwhile.
    """

    runs: tuple[QueuedRun, ...] = ()
    paces: tuple[tuple[str, int], ...] = ()
    paused: tuple[tuple[str, PauseMode], ...] = ()


@value(frozen=True, slots=True)
class PutOff:
    """Runs of a function that are to begin later.

    Attributes:
        group: of the batch or debounce under which events may join the run; None for events that are for later.
        runs: how many.
        events: how many events have joined, where any may.
        start_at_ms: when the first of them is to begin.
    """

    function_id: str
    group: str | None
    runs: int
    events: int
    start_at_ms: int


@value(frozen=True, slots=True)
class PutOffList:
    """The `first` of what is put off: most runs first, then what begins first; `rows` and `runs` count all of it."""

    first: tuple[PutOff, ...] = ()
    rows: int = 0
    runs: int = 0
