from typing import get_args

import pytest
from hypothesis import given, strategies as st

from surestep.core.commands import StepKey
from surestep.core.outcomes import Failure, Success
from surestep.core.records import (
    ChangeTaken,
    Record,
    RunBlocked,
    RunCancelled,
    RunCompleted,
    RunCopied,
    RunFailed,
    RunReleased,
    RunSkipped,
    RunStarted,
    SegmentFailed,
    StepAttemptFailed,
    StepDropped,
    StepFailed,
    StepStarted,
    StepSucceeded,
)
from surestep.core.signals import (
    CancelAsked,
    ChildEnded,
    EventArrived,
    ReleaseAsked,
    Signal,
    TimerDue,
    TimerPurpose,
)
from surestep.errors import ErrorInfo, StoreError
from surestep.storage.codec import decode_record, decode_signal, encode_record, encode_signal

_KEY = StepKey("charge", 1)
_ERROR = ErrorInfo("ValueError", 'say "no"', "a\nb")
_ERROR_HEAD = '["ValueError","say \\"no\\"","a\\nb"]'

# These texts are in users' files: a change here needs a migration.
_RECORDS: list[tuple[Record, tuple[str, str, bytes]]] = [
    (RunStarted(1, "c0de"), ("run_started", '[1,"c0de"]', b"")),
    (
        StepStarted(1, 2, _KEY, "sleep", "f1", 9, "d"),
        ("step_started", '[1,2,["charge",1],"sleep","f1",9,"d"]', b""),
    ),
    (
        StepSucceeded(1, 2, _KEY, "run", "f1", 3, 4, b'{"a":1}', "d"),
        ("step_succeeded", '[1,2,["charge",1],"run","f1",3,4,"d"]', b'{"a":1}'),
    ),
    (
        StepAttemptFailed(1, 2, _KEY, "f1", 0, 3, _ERROR, 9),
        ("step_attempt_failed", f'[1,2,["charge",1],"f1",0,3,{_ERROR_HEAD},9]', b""),
    ),
    (
        StepFailed(1, 2, _KEY, "invoke", "f1", 3, 4, _ERROR, "InvokeError"),
        ("step_failed", f'[1,2,["charge",1],"invoke","f1",3,4,{_ERROR_HEAD},"InvokeError"]', b""),
    ),
    (SegmentFailed(1, 0, _ERROR, 9, 3), ("segment_failed", f"[1,0,{_ERROR_HEAD},9,3]", b"")),
    (RunCompleted(1, b"null"), ("run_completed", "[1]", b"null")),
    (RunFailed(1, _ERROR), ("run_failed", f"[1,{_ERROR_HEAD}]", b"")),
    (RunCancelled(1, "enough"), ("run_cancelled", '[1,"enough"]', b"")),
    (RunBlocked(1, _ERROR, 2), ("run_blocked", f"[1,{_ERROR_HEAD},2]", b"")),
    (StepDropped(1, 2, _KEY, "sleep", "f1"), ("step_dropped", '[1,2,["charge",1],"sleep","f1"]', b"")),
    (ChangeTaken(1, "new-price"), ("change_taken", '[1,"new-price"]', b"")),
    (RunReleased(1), ("run_released", "[1]", b"")),
    (RunCopied(1, "01RUN", "charge:1", True), ("run_copied", '[1,"01RUN","charge:1",true]', b"")),
    (RunSkipped(1, "singleton", "why"), ("run_skipped", '[1,"singleton","why"]', b"")),
]
_SIGNALS: list[tuple[Signal, tuple[str, str, bytes]]] = [
    (TimerDue(TimerPurpose.FINISH_TIMEOUT), ("timer_due", '["finish_timeout",null]', b"")),
    (TimerDue(TimerPurpose.SLEEP, _KEY), ("timer_due", '["sleep",["charge",1]]', b"")),
    (EventArrived(_KEY, "e1", b'{"name":"a"}'), ("event_arrived", '[["charge",1],"e1"]', b'{"name":"a"}')),
    (ChildEnded(_KEY, Success(b"7")), ("child_succeeded", '[["charge",1]]', b"7")),
    (
        ChildEnded(_KEY, Failure(_ERROR, "InvokeFailedError")),
        ("child_failed", f'[["charge",1],{_ERROR_HEAD},"InvokeFailedError"]', b""),
    ),
    (CancelAsked("enough"), ("cancel_asked", '["enough"]', b"")),
    (ReleaseAsked(), ("release_asked", "[]", b"")),
]


@pytest.mark.parametrize(("record", "columns"), _RECORDS)
def test_a_record_is_written_like_this_and_read_back(record: Record, columns: tuple[str, str, bytes]) -> None:
    assert encode_record(record) == columns
    assert decode_record(*columns) == record


@pytest.mark.parametrize(("signal", "columns"), _SIGNALS)
def test_a_signal_is_written_like_this_and_read_back(signal: Signal, columns: tuple[str, str, bytes]) -> None:
    assert encode_signal(signal) == columns
    assert decode_signal(*columns) == signal


def test_the_examples_above_leave_no_member_of_the_unions_out() -> None:
    assert {type(record) for record, _ in _RECORDS} == set(get_args(Record))
    assert {type(signal) for signal, _ in _SIGNALS} == set(get_args(Signal))


def test_keys_and_purposes_are_read_back_as_their_own_types() -> None:
    signal = decode_signal("timer_due", '["sleep",["charge",1]]', b"")

    assert isinstance(signal, TimerDue)
    assert isinstance(signal.key, StepKey)
    assert isinstance(signal.purpose, TimerPurpose)


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_any_text_survives_lone_surrogates_too(name: str, message: str) -> None:
    record = RunFailed(1, ErrorInfo(name, message))

    kind, head, value = encode_record(record)

    assert head.isascii()
    assert decode_record(kind, head, value) == record


@pytest.mark.parametrize(
    ("kind", "head"),
    [("run_rewound", "[1]"), ("run_released", "[1,2]"), ("run_released", "{}"), ("timer_due", '["sleep",null]')],
)
def test_an_unknown_record_is_refused_by_name(kind: str, head: str) -> None:
    with pytest.raises(StoreError, match=kind):
        decode_record(kind, head, b"")


@pytest.mark.parametrize(("kind", "head"), [("run_released", "[1]"), ("cancel_asked", "[]"), ("wake", "[]")])
def test_an_unknown_signal_is_refused_by_name(kind: str, head: str) -> None:
    with pytest.raises(StoreError, match=kind):
        decode_signal(kind, head, b"")


@given(st.text(st.characters(codec=None, exclude_categories=())), st.text())
def test_any_step_id_survives(step_id: str, detail: str) -> None:
    record = StepSucceeded(1, 2, StepKey(step_id, 3), "wait_for_event", "f1", 1, 4, b"null", detail)
    assert decode_record(*encode_record(record)) == record
