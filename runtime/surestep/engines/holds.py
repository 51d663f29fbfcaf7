"""Puts why runs wait into the words of the options that hold them."""

from collections.abc import Iterable

from surestep.core.lanes import Lane
from surestep.core.policies.groups import group_key
from surestep.core.policies.pause import PauseMode, Unpaused
from surestep.core.records import RunStatus
from surestep.core.waiting import Waiting
from surestep.engines.claims import joining_key
from surestep.engines.flow_api import Hold, QueueRow
from surestep.storage.port import StoredRun
from surestep_dsl.flow import Concurrency, FunctionOptions, Throttle

__all__ = ["hold_of", "put_off", "queue_rows"]


def hold_of(waiting: Waiting) -> Hold:
    """A run that stands in the queue."""
    policy, key = _named(waiting)
    return Hold(policy, key, waiting.position, waiting.starts_at_ms)


def put_off(stored: StoredRun, options: FunctionOptions | None) -> Hold | None:
    """A run that is to begin later, or that others may join until then; None for any other."""
    if stored.row.status is not RunStatus.QUEUED or stored.start_at_ms is None:
        return None
    if options is not None and stored.row.parent is None:
        for policy, rule in (("batch_events", options.batch_events), ("debounce", options.debounce)):
            if rule is not None:
                return Hold(policy, joining_key(options.id, rule.key, stored.events[-1]), None, stored.start_at_ms)
    return Hold("ts", starts_at_ms=stored.start_at_ms)


def queue_rows(
    lanes: Iterable[tuple[Lane, Waiting]], paused: Iterable[tuple[str, PauseMode]], function_id: str | None
) -> list[QueueRow]:
    """One row for each function and group, where most wait first."""
    found: dict[tuple[str, str], QueueRow] = {}
    for name, _ in paused:
        if function_id in {None, name}:
            found[name, "pause"] = QueueRow(name, "pause", None, 0)
    for lane, waiting in lanes:
        if function_id not in {None, lane.function_id}:
            continue
        policy, key = _named(waiting)
        place = (lane.function_id, "pause" if policy == "pause" else waiting.need.group.name)
        known = found.get(place)
        count = lane.waiting + (known.waiting if known else 0)
        rule = waiting.need.rule
        in_use, limit = (waiting.need.group.in_use, rule.limit) if isinstance(rule, Concurrency) else (None, None)
        found[place] = QueueRow(lane.function_id, policy, key, count, in_use, limit, waiting.starts_at_ms)
    return sorted(found.values(), key=lambda row: (-row.waiting, row.function_id, row.policy, row.key or ""))


def _named(waiting: Waiting) -> tuple[str, str | None]:
    match waiting.need.rule:
        case Unpaused():
            return "pause", None
        case Throttle():
            return "throttle", group_key(waiting.need.group.name, 2)
        case Concurrency():
            return "concurrency", group_key(waiting.need.group.name, 3)
