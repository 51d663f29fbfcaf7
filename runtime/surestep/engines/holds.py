"""Puts why runs wait into the words of the options that hold them."""

from collections.abc import Iterable

from surestep.core.lanes import Lane
from surestep.core.policies.groups import group_key, group_name, group_policy
from surestep.core.policies.pause import Unpaused
from surestep.core.records import RunStatus
from surestep.core.waiting import Waiting, waiting_of
from surestep.engines.claims import joining_keys
from surestep.engines.flow_api import Hold, QueueRow
from surestep.storage.port import PutOff, StoredRun
from surestep_dsl.flow import Concurrency, FunctionOptions, Throttle

__all__ = ["count_lanes", "hold_of", "lane_row", "put_off", "put_off_row"]


def hold_of(waiting: Waiting) -> Hold:
    """A run that stands in the queue."""
    policy, key = _named(waiting)
    return Hold(policy, key, waiting.position, waiting.starts_at_ms)


def put_off(stored: StoredRun, options: FunctionOptions | None) -> Hold | None:
    """A run that is to begin later, or that others may join until then; None for any other."""
    if stored.row.status is not RunStatus.QUEUED or stored.start_at_ms is None:
        return None
    joining = () if options is None or stored.row.parent is not None else joining_keys(options, stored.events[-1])
    policy, key = next(iter(joining), ("ts", None))
    return Hold(policy, key, None, stored.start_at_ms)


def count_lanes(
    lanes: Iterable[Lane], paused: Iterable[str], function_id: str | None
) -> dict[tuple[str, str], tuple[int, Lane | None]]:
    """How many wait by function and group, each with one of the lanes; all paused functions are there."""
    found: dict[tuple[str, str], tuple[int, Lane | None]] = {
        (name, group_name("pause", name)): (0, None) for name in paused if function_id in {None, name}
    }
    for lane in lanes:
        need = lane.parked_at
        if need is not None and function_id in {None, lane.function_id}:
            place = (lane.function_id, need.group.name)
            count, _ = found.get(place, (0, None))
            found[place] = (count + lane.waiting, lane)
    return found


def lane_row(function_id: str, count: int, lane: Lane | None, now_ms: int) -> QueueRow:
    """How many wait for what the first of a lane waits for; without a lane for a function to be resumed."""
    waiting = None if lane is None else waiting_of(lane, 1, now_ms)
    if waiting is None:
        return QueueRow(function_id, "pause", None, count)
    policy, key = _named(waiting)
    rule = waiting.need.rule
    in_use, limit = (waiting.need.group.in_use, rule.limit) if isinstance(rule, Concurrency) else (None, None)
    return QueueRow(function_id, policy, key, count, in_use, limit, waiting.starts_at_ms)


def put_off_row(found: PutOff, options: FunctionOptions | None) -> QueueRow:
    """Runs that are to begin later."""
    if found.group is None:
        return QueueRow(found.function_id, "ts", None, found.runs, starts_at_ms=found.start_at_ms)
    key = group_key(found.group, 2)
    if group_policy(found.group) == "debounce":
        return QueueRow(found.function_id, "debounce", key, found.runs, starts_at_ms=found.start_at_ms)
    size = None if options is None or options.batch_events is None else options.batch_events.max_size
    return QueueRow(found.function_id, "batch_events", key, found.runs, found.events, size, found.start_at_ms)


def _named(waiting: Waiting) -> tuple[str, str | None]:
    match waiting.need.rule:
        case Unpaused():
            return "pause", None
        case Throttle():
            return "throttle", group_key(waiting.need.group.name, 2)
        case Concurrency():
            return "concurrency", group_key(waiting.need.group.name, 3)
