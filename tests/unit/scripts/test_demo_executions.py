"""Whether the demo would notice: each test makes up a store and a ledger that disagree in one way."""

from scripts.demo.evidence import Body, Entry, Evidence, Progress
from scripts.demo.executions import Tally, check_executions, check_finished_bodies, count_executions

CHARGE = Body("charge", "f1")
NOBODY: frozenset[str] = frozenset()

ENDED_ONCE = Progress("R1", attempts=1, is_finished=True, has_result=True)
ENDED_AT_SECOND = Progress("R1", attempts=2, is_finished=True, has_result=True)
FAILED_ONCE = Progress("R1", attempts=1, is_finished=False, has_result=False)


def evidence(progress: Progress | None, *ledger: str, words: tuple[str, ...] = ("order-1",)) -> Evidence:
    bodies = {} if progress is None else {CHARGE: progress}
    return Evidence({}, {}, bodies, tuple(Entry(what, CHARGE, frozenset(words)) for what in ledger))


def test_a_body_that_ran_once_is_accounted_for() -> None:
    end = evidence(ENDED_ONCE, "start", "end")
    assert list(check_executions(NOBODY, [], end)) == []
    assert count_executions([], end) == Tally(executed=1, retried=0, repeated=0, dropped=0)


def test_a_retry_is_accounted_for() -> None:
    end = evidence(ENDED_AT_SECOND, "start", "error", "start", "end")
    assert list(check_executions(NOBODY, [], end)) == []
    assert count_executions([], end) == Tally(executed=2, retried=1, repeated=0, dropped=0)


def test_a_body_cut_off_by_a_kill_may_run_again() -> None:
    kill = evidence(None, "start")
    end = evidence(ENDED_ONCE, "start", "start", "end")
    assert list(check_executions(NOBODY, [kill], end)) == []
    assert list(check_finished_bodies([kill], end)) == []
    assert count_executions([kill], end) == Tally(executed=2, retried=0, repeated=1, dropped=0)


def test_a_body_whose_result_was_not_stored_when_the_kill_came_may_run_again() -> None:
    kill = evidence(None, "start", "end")
    end = evidence(ENDED_ONCE, "start", "end", "start", "end")
    assert list(check_executions(NOBODY, [kill], end)) == []
    assert list(check_finished_bodies([kill], end)) == []


def test_a_finished_body_that_runs_again_after_a_kill_is_found() -> None:
    kill = evidence(ENDED_ONCE, "start", "end")
    end = evidence(ENDED_ONCE, "start", "end", "start", "end")
    assert list(check_finished_bodies([kill], end)) == ["charge of run R1 ran again after kill 1 though it had ended"]
    assert list(check_executions(NOBODY, [kill], end)) != []


def test_a_finished_body_that_runs_again_without_a_kill_is_found() -> None:
    end = evidence(ENDED_ONCE, "start", "end", "start", "end")
    found = list(check_executions(NOBODY, [], end))
    assert found == ["charge ['order-1'] ran 1 times more than the store can account for"]


def test_a_finished_body_that_ran_again_just_before_a_kill_is_found() -> None:
    kill = evidence(ENDED_ONCE, "start", "end", "start")
    end = evidence(ENDED_ONCE, "start", "end", "start")
    assert list(check_executions(NOBODY, [kill], end)) == ["charge had 1 starts too many when kill 1 came"]


def test_a_body_that_ran_twice_at_once_when_the_kill_came_is_found() -> None:
    kill = evidence(None, "start", "start")
    end = evidence(ENDED_ONCE, "start", "start", "start", "end")
    assert list(check_executions(NOBODY, [kill], end)) == ["charge had 2 starts too many when kill 1 came"]


def test_a_result_without_an_execution_is_found() -> None:
    assert list(check_executions(NOBODY, [], evidence(ENDED_ONCE))) != []
    assert list(check_executions(NOBODY, [], evidence(ENDED_ONCE, "start"))) != []


def test_a_failed_body_that_is_not_tried_again_is_found() -> None:
    end = evidence(FAILED_ONCE, "start", "error")
    assert list(check_executions(NOBODY, [], end)) == ["charge of run R1 failed and was not tried again"]


def test_a_body_without_any_trace_in_the_store_is_found_unless_its_run_was_cancelled() -> None:
    end = evidence(None, "start", "end")
    assert list(check_executions(NOBODY, [], end)) != []
    assert list(check_executions(frozenset({"order-1"}), [], end)) == []
    assert list(check_executions(frozenset({"order-2"}), [], end)) != []
    assert count_executions([], end) == Tally(executed=1, retried=0, repeated=0, dropped=1)
