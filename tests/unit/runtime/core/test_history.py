from surestep.core.commands import StepKey
from surestep.core.history import history_of
from surestep.core.records import (
    ChangeTaken,
    Record,
    RunBlocked,
    RunReleased,
    RunStarted,
    SegmentFailed,
    StepAttemptFailed,
    StepDropped,
    StepStarted,
    StepSucceeded,
)
from surestep.errors import ErrorInfo

ERROR = ErrorInfo("ValueError", "x")
STARTED = RunStarted(0, "c0de")


def succeeded(at_ms: int, position: int, name: str = "a") -> Record:
    return StepSucceeded(at_ms, position, StepKey(name), "run", "", 1, at_ms, b"null")


def failed(at_ms: int, retry_at_ms: int, stretch: int, attempt: int = 0) -> Record:
    return SegmentFailed(at_ms, attempt, ERROR, retry_at_ms, stretch)


def test_a_new_run_has_lived_through_nothing() -> None:
    assert history_of(()).lived == 0


def test_all_up_to_the_last_answer_and_what_came_then_was_lived_through() -> None:
    assert history_of((STARTED,)).lived == 1
    assert history_of((STARTED, succeeded(1, 0), succeeded(2, 1, "b"))).lived == 3


def test_a_stretch_that_failed_is_still_to_be_lived_through() -> None:
    records = (STARTED, succeeded(1, 0), failed(2, 10, 1), failed(10, 20, 1, 1))
    assert (history_of(records).lived, history_of(records).failures) == (1, {1: 2})


def test_answers_that_come_while_the_handler_rests_do_not_change_that() -> None:
    assert history_of((STARTED, succeeded(1, 0), failed(2, 10, 1), succeeded(9, 1, "b"))).lived == 1


def test_what_was_asked_or_answered_later_tells_that_it_went_on() -> None:
    before = (STARTED, succeeded(1, 0), failed(2, 10, 1))
    started = StepStarted(10, 2, StepKey("s"), "sleep", "", 20)
    assert history_of((*before, started)).lived == 2
    assert history_of((*before, succeeded(11, 1, "b"))).lived == 3


def test_identities_come_from_every_record_of_a_step_and_answers_in_order_of_ending() -> None:
    history = history_of(
        (
            STARTED,
            StepStarted(1, 1, StepKey("s"), "sleep", "f1", 20),
            StepAttemptFailed(2, 0, StepKey("a"), "f0", 0, 1, ERROR, 9),
            succeeded(20, 1, "s"),
            succeeded(21, 0, "a"),
        )
    )
    assert sorted(history.recorded) == [0, 1]
    assert history.recorded[0].key == StepKey("a")
    assert [memo.position for memo in history.memos] == [1, 0]


def test_what_a_blocked_run_was_told_is_still_to_be_lived_through_until_it_is_released() -> None:
    records = (STARTED, succeeded(1, 0), RunBlocked(2, ERROR, 1), succeeded(9, 1, "b"))
    assert history_of(records).lived == 1
    assert history_of((*records, RunReleased(10))).lived == 3


def test_a_dropped_step_has_an_identity_and_no_answer_and_a_change_has_neither() -> None:
    history = history_of((STARTED, ChangeTaken(1, "new"), StepDropped(2, 0, StepKey("s"), "sleep", "f")))
    assert (history.recorded[0].kind, history.memos) == ("sleep", ())
    assert (history.dropped, history.changes) == ((0,), ("new",))
