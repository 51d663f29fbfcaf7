"""Whether the demo would notice a lost event, a lost run, or a run that ends otherwise."""

from pathlib import Path

import pytest
from scripts.demo.cases import Outcome, Sent, make_cases, plan_requests
from scripts.demo.checks import Accepted, check_accepted, check_histories, check_reactions, check_runs
from scripts.demo.evidence import Body, Evidence, Progress, find_bodies, read_ledger
from scripts.demo.problem import DemoError

from surestep.core.commands import StepKey
from surestep.core.records import Record, RunCompleted, RunFailed, RunStarted, RunStatus, StepSucceeded
from surestep.errors import ErrorInfo
from surestep.storage.port import RunRow, StoredEvent, StoredRun

BEGAN = RunStarted(1, "code")
DONE = RunCompleted(2, b'{"shipped":true}')
SENT = StepSucceeded(2, 0, StepKey("tell"), "send_event", "", 1, 1, b'["E2"]')


def event(event_id: str, name: str = "order/created", data: bytes = b"{}") -> StoredEvent:
    return StoredEvent(event_id, name, data, event_id, 1, 1)


def run(run_id: str, function_id: str, trigger: StoredEvent, *records: Record, status: str = "completed") -> StoredRun:
    row = RunRow(run_id, function_id, RunStatus(status), (trigger.event_id,), 1, "event")
    return StoredRun(row, (trigger,), records, ())


def evidence(events: list[StoredEvent], *runs: StoredRun) -> Evidence:
    return Evidence({one.event_id: one for one in events}, {one.row.run_id: one for one in runs}, {}, ())


def accepted(*outcomes: Outcome, kills: int = 0) -> list[Accepted]:
    return [Accepted("E1", Sent({"name": "order/created"}, outcomes), kills)]


SHIPPED = Outcome("ship", result=(("shipped", True),))


def test_what_is_as_it_must_be_gives_no_finding() -> None:
    end = evidence([event("E1")], run("R1", "ship", event("E1"), BEGAN, DONE))
    assert [*check_accepted(accepted(SHIPPED), [end], end), *check_runs(accepted(SHIPPED), end)] == []


def test_a_missing_event_is_found_at_the_end_and_after_each_later_kill() -> None:
    there, gone = evidence([event("E1")]), evidence([])
    lost = ["event E1 (order/created) was accepted and is missing from the store"]
    assert list(check_accepted(accepted(), [], gone)) == lost
    assert list(check_accepted(accepted(), [gone], there)) == lost
    assert list(check_accepted(accepted(kills=1), [gone], there)) == []  # accepted after that kill


def test_a_run_that_was_not_started_is_found() -> None:
    end = evidence([event("E1")])
    assert list(check_runs(accepted(SHIPPED), end)) == ["event E1 (order/created) started [], expected ['ship']"]


def test_a_run_started_twice_is_found() -> None:
    runs = [run(run_id, "ship", event("E1"), BEGAN, DONE) for run_id in ("R1", "R2")]
    found = list(check_runs(accepted(SHIPPED), evidence([event("E1")], *runs)))
    assert found == ["event E1 (order/created) started ['ship', 'ship'], expected ['ship']"]


def test_a_run_with_another_result_or_end_is_found() -> None:
    other = run("R1", "ship", event("E1"), BEGAN, RunCompleted(2, b'{"shipped":false}'))
    failed = run("R1", "ship", event("E1"), BEGAN, RunFailed(2, ErrorInfo("E", "m")), status="failed")
    assert list(check_runs(accepted(SHIPPED), evidence([event("E1")], other))) == [
        "run R1 of ship returned shipped = False, expected True"
    ]
    assert list(check_runs(accepted(SHIPPED), evidence([event("E1")], failed))) == [
        "run R1 of ship is failed, expected completed"
    ]


def test_a_run_that_goes_on_is_found() -> None:
    end = evidence([event("E1")], run("R1", "other", event("E0"), BEGAN, status="waiting"))
    assert list(check_runs(accepted(), end)) == ["run R1 of other is still waiting"]


def test_a_history_that_shrinks_or_changes_is_found() -> None:
    kill = evidence([], run("R1", "ship", event("E1"), BEGAN, SENT))
    assert list(check_histories([kill], evidence([], run("R1", "ship", event("E1"), BEGAN, SENT, DONE)))) == []
    assert list(check_histories([kill], evidence([], run("R1", "ship", event("E1"), BEGAN, DONE)))) == [
        "run R1 of ship has another history than at kill 1"
    ]
    assert list(check_histories([kill], evidence([]))) == ["run R1 of ship, in the store at kill 1, is lost"]


def test_an_event_that_a_handler_sent_must_be_there_once_and_start_its_run() -> None:
    sender = run("R1", "sign-up", event("E1"), BEGAN, SENT, DONE)
    reaction = run("R2", "add-to-crm", event("E2"), BEGAN, DONE)
    events = [event("E1"), event("E2", "crm/contact.add")]
    assert list(check_reactions(accepted(), evidence(events, sender, reaction))) == []
    assert list(check_reactions(accepted(), evidence(events, sender))) == [
        "event E2 (crm/contact.add) started [], expected ['add-to-crm']"
    ]
    assert len(list(check_reactions(accepted(), evidence(events[:1], sender)))) == 1
    assert len(list(check_reactions(accepted(), evidence(events, reaction)))) == 1


def test_a_failure_that_was_not_told_is_found() -> None:
    failed = run("R1", "ship", event("E1"), BEGAN, status="failed")
    assert list(check_reactions(accepted(), evidence([event("E1")], failed))) == [
        "1 runs have failed, but 0 failures were told"
    ]


def test_bodies_are_known_by_step_and_arguments_and_must_not_be_confused() -> None:
    record = StepSucceeded(2, 0, StepKey("charge"), "run", "f1", 2, 1, b"1")
    one, other = (run(run_id, "ship", event("E1"), BEGAN, record) for run_id in ("R1", "R2"))
    assert find_bodies({"R1": one}) == {Body("charge", "f1"): Progress("R1", 2, is_finished=True, has_result=True)}
    with pytest.raises(DemoError, match="two steps are both charge with equal arguments, as in run R2"):
        find_bodies({"R1": one, "R2": other})


def test_a_damaged_ledger_is_no_evidence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text('{"what": "start", "step": "charge", "args": ["order-1", 5], "kwargs": {}}\n')
    [entry] = read_ledger(path)
    assert (entry.what, entry.body.step_id, entry.words) == ("start", "charge", frozenset({"order-1"}))
    path.write_text('{"what": "start", "st')
    with pytest.raises(DemoError, match="cannot be read"):
        read_ledger(path)


def test_at_least_500_events_are_sent_and_each_story_in_its_order() -> None:
    cases = make_cases()
    order = [id(sent) for request in plan_requests(cases) for sent in request]
    assert len(order) >= 500
    for case in cases:
        places = [order.index(id(sent)) for sent in case.sent]
        assert places == sorted(places)
