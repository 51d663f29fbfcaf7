"""Between rows and values. A row is a tuple in the order its statement names; no other module knows that order.

Payloads are packed and unpacked here, each with its place.
"""

import json
from typing import Any, TypeAlias

import pydantic_core

from surestep.core.commands import StepKey
from surestep.core.policies.queueing import Queueing
from surestep.core.records import Record, RunStatus
from surestep.core.signals import Signal
from surestep.storage.codec import Encoded, decode_record, decode_signal, encode_record, encode_signal
from surestep.storage.payloads import Payloads, event_place, record_place, signal_place, waiter_place
from surestep.storage.port import Delivery, NewRun, NewWaiter, Parent, RunRow, StoredEvent

__all__ = [
    "Row",
    "columns_of_event",
    "columns_of_queueing",
    "columns_of_record",
    "columns_of_run",
    "columns_of_signal",
    "columns_of_step",
    "columns_of_waiter",
    "delivery_of_row",
    "event_of_row",
    "queueing_of_column",
    "record_of_row",
    "run_of_row",
    "step_of_columns",
    "waiter_of_row",
]

Row: TypeAlias = tuple[Any, ...]
"""Typed by the statement that gave it; the functions below are the border."""

_RUN_ITSELF = ("", -1)


def columns_of_step(key: StepKey | None) -> tuple[str, int]:
    """A step as two columns that are never null, for primary keys."""
    return _RUN_ITSELF if key is None else (key.id, key.occurrence)


def step_of_columns(step: str, occurrence: int) -> StepKey | None:
    """The step that these columns stand for; None for the run itself."""
    return None if occurrence < 0 else StepKey(step, occurrence)


def columns_of_event(event: StoredEvent, payloads: Payloads) -> Row:
    """Columns of `events`; what most events do not say takes no room."""
    ts_ms = None if event.ts_ms == event.received_at_ms else event.ts_ms
    sender_id = None if event.id == event.event_id else event.id
    data = payloads.pack(event.data, event_place(event.event_id))
    return event.event_id, event.name, event.received_at_ms, ts_ms, sender_id, event.v, data


def event_of_row(row: Row, payloads: Payloads) -> StoredEvent:
    """An event."""
    event_id, name, received_at_ms, ts_ms, sender_id, v, data = row
    return StoredEvent(
        event_id=event_id,
        name=name,
        data=payloads.unpack(data, event_place(event_id)),
        id=event_id if sender_id is None else sender_id,
        ts_ms=received_at_ms if ts_ms is None else ts_ms,
        received_at_ms=received_at_ms,
        v=v,
    )


def columns_of_record(run_id: str, seq: int, record: Record, payloads: Payloads) -> Row:
    """Columns of `records`."""
    encoded = encode_record(record)
    if payloads.keeps(encoded.value):  # as most
        return run_id, seq, *encoded
    return run_id, seq, *payloads.pack_encoded(encoded, record_place(run_id, seq))


def record_of_row(run_id: str, seq: int, row: Row, payloads: Payloads) -> Record:
    """A record."""
    return decode_record(*payloads.unpack_encoded(Encoded(*row), record_place(run_id, seq)))


def columns_of_signal(number: int, run_id: str, signal: Signal, payloads: Payloads) -> Row:
    """Columns of `signals`."""
    return number, run_id, *payloads.pack_encoded(encode_signal(signal), signal_place(run_id, number))


def delivery_of_row(run_id: str, row: Row, payloads: Payloads) -> Delivery:
    """A signal on its way."""
    number, *stored = row
    encoded = payloads.unpack_encoded(Encoded(*stored), signal_place(run_id, number))
    return Delivery(number, run_id, decode_signal(*encoded))


def columns_of_run(run: NewRun) -> Row:
    """Columns of a new row of `runs`."""
    parent = run.parent and json.dumps((run.parent.run_id, *run.parent.key))
    event_ids = pydantic_core.to_json(run.event_ids).decode()
    queueing = columns_of_queueing(run.queueing)
    return run.run_id, run.function_id, run.created_at_ms, run.triggered_by, event_ids, parent, queueing


def columns_of_queueing(queueing: Queueing | None) -> str | None:
    """The column of `runs`."""
    if queueing is None:
        return None
    return pydantic_core.to_json((queueing.position_ms, queueing.throttle, queueing.concurrency)).decode()


def queueing_of_column(column: str | None) -> Queueing | None:
    """What a run waits for."""
    if column is None:
        return None
    position_ms, throttle, concurrency = pydantic_core.from_json(column)
    return Queueing(position_ms, throttle, tuple(concurrency))


def run_of_row(row: Row) -> RunRow:
    """A run without its history."""
    run_id, function_id, status, event_ids, created_at_ms, triggered_by, started_at_ms, ended_at_ms, *rest = row
    parent, queueing = rest
    return RunRow(
        run_id=run_id,
        function_id=function_id,
        status=RunStatus(status),
        event_ids=tuple(pydantic_core.from_json(event_ids)),
        created_at_ms=created_at_ms,
        triggered_by=triggered_by,
        started_at_ms=started_at_ms,
        ended_at_ms=ended_at_ms,
        parent=None if parent is None else _parent(*json.loads(parent)),
        queueing=queueing_of_column(queueing),
    )


def _parent(run_id: str, step: str, occurrence: int) -> Parent:
    return Parent(run_id, StepKey(step, occurrence))


def columns_of_waiter(number: int, waiter: NewWaiter, payloads: Payloads) -> Row:
    """Columns of `waiters`. What looks back does so once, before it is stored."""
    step, occurrence = waiter.key or (None, None)
    return (
        number,
        waiter.run_id,
        step,
        occurrence,
        waiter.event_name,
        waiter.match_path,
        waiter.match_value,
        waiter.condition,
        payloads.pack(waiter.trigger, waiter_place(number)),
        waiter.until_ms,
        waiter.lookback_after,
    )


def waiter_of_row(row: Row, payloads: Payloads) -> tuple[int, NewWaiter]:
    """A waiter and its number."""
    number, run_id, step, occurrence, event_name, *asked, trigger, until_ms, lookback_after = row
    match_path, match_value, condition = asked
    return number, NewWaiter(
        run_id=run_id,
        key=None if step is None else StepKey(step, occurrence),
        event_name=event_name,
        match_path=match_path,
        match_value=match_value,
        condition=condition,
        trigger=payloads.unpack(trigger, waiter_place(number)),
        until_ms=until_ms,
        lookback_after=lookback_after,
    )
