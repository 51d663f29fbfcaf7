"""What must be true of the runs. Pure: evidence in, findings out, each a sentence; no finding is a pass."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.demo.cases import Outcome, Sent
from scripts.demo.evidence import Evidence
from typing_extensions import override

from surestep.core.records import ENDED, RunCompleted, StepSucceeded
from surestep.storage.port import StoredRun

__all__ = ["Accepted", "check_accepted", "check_histories", "check_reactions", "check_runs"]

_REACTIONS: Final = {
    "email/welcome.send": "send-welcome-email",
    "subscription/trial.create": "create-trial",
    "crm/contact.add": "add-to-crm",
    "inngest/function.invoked": "generate-report",
}
"""What the events that handlers send start; nothing reacts to others."""

_FAILED: Final = "inngest/function.failed"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event that the engine has answered for, after so many kills."""

    event_id: str
    sent: Sent
    kills: int

    @override
    def __str__(self) -> str:
        return f"event {self.event_id} ({self.sent.event['name']})"


def check_accepted(accepted: Sequence[Accepted], kills: Sequence[Evidence], end: Evidence) -> Iterator[str]:
    """An event that was answered for is in the store: after every later kill, and at the end."""
    for one in accepted:
        for moment in (*kills[one.kills :], end):
            stored = moment.events.get(one.event_id)
            if stored is None or stored.name != one.sent.event["name"]:
                yield f"{one} was accepted and is missing from the store"


def check_runs(accepted: Sequence[Accepted], end: Evidence) -> Iterator[str]:
    """Every accepted event has started exactly the runs it must, and they have ended as they must."""
    started = _runs_by_event(end)
    for one in accepted:
        runs = sorted(started[one.event_id], key=lambda run: run.row.function_id)
        wanted = sorted(one.sent.outcomes, key=lambda outcome: outcome.function_id)
        found = [run.row.function_id for run in runs]
        if found == [outcome.function_id for outcome in wanted]:
            for run, outcome in zip(runs, wanted, strict=True):
                yield from _check_outcome(run, outcome)
        else:
            yield f"{one} started {found}, expected {[outcome.function_id for outcome in wanted]}"
    for run in end.runs.values():
        if run.row.status not in ENDED:
            yield f"{_name(run)} is still {run.row.status}"


def _check_outcome(run: StoredRun, outcome: Outcome) -> Iterator[str]:
    if run.row.status != outcome.status:
        yield f"{_name(run)} is {run.row.status}, expected {outcome.status}"
        return
    last = run.records[-1]
    result = json.loads(last.value) if isinstance(last, RunCompleted) else {}
    for field, value in outcome.result:
        if result.get(field) != value:
            yield f"{_name(run)} returned {field} = {result.get(field)!r}, expected {value!r}"


def check_reactions(accepted: Sequence[Accepted], end: Evidence) -> Iterator[str]:
    """What handlers have sent is there exactly once and has started its run; so has every failure."""
    outside = {one.event_id for one in accepted}
    sent = Counter(event_id for run in end.runs.values() for event_id in _sent_by(run))
    started = _runs_by_event(end)
    for event_id in sent:
        if event_id not in end.events or sent[event_id] != 1:
            yield f"event {event_id}, sent by a handler, is in {sent[event_id]} memos and missing or doubled"
    for event_id, event in end.events.items():
        if event_id in outside or event.name == "inngest/scheduled.timer":
            continue
        if event_id not in sent and not event.name.startswith("inngest/"):
            yield f"event {event_id} ({event.name}) is in the store, but nobody has sent it"
        wanted = [_REACTIONS[event.name]] if event.name in _REACTIONS else []
        if event.name == _FAILED:
            has_handler = json.loads(event.data)["function_id"] == "examples-process-order"
            wanted = ["handle-failures", *(["process-order:on_failure"] if has_handler else [])]
        found = sorted(run.row.function_id for run in started[event_id])
        if found != wanted:
            yield f"event {event_id} ({event.name}) started {found}, expected {wanted}"
    # A failure of what a failure has started is not told: there is no recursion.
    failed = [run for run in end.runs.values() if run.row.status == "failed" and run.events[0].name != _FAILED]
    told = sum(event.name == _FAILED for event in end.events.values())
    if len(failed) != told:
        yield f"{len(failed)} runs have failed, but {told} failures were told"


def check_histories(kills: Sequence[Evidence], end: Evidence) -> Iterator[str]:
    """What was in the store after a kill is there for good: histories only grow."""
    for number, moment in enumerate(kills, 1):
        for run_id, run in moment.runs.items():
            later = end.runs.get(run_id)
            if later is None:
                yield f"{_name(run)}, in the store at kill {number}, is lost"
            elif later.records[: len(run.records)] != run.records:
                yield f"{_name(run)} has another history than at kill {number}"


def _name(run: StoredRun) -> str:
    return f"run {run.row.run_id} of {run.row.function_id}"


def _runs_by_event(evidence: Evidence) -> defaultdict[str, list[StoredRun]]:
    runs: defaultdict[str, list[StoredRun]] = defaultdict(list)
    for run in evidence.runs.values():
        for event_id in run.row.event_ids:
            runs[event_id].append(run)
    return runs


def _sent_by(run: StoredRun) -> list[str]:
    """Ids of the events that a run's handler has sent."""
    memos = (record for record in run.records if isinstance(record, StepSucceeded) and record.kind == "send_event")
    return [event_id for memo in memos for event_id in json.loads(memo.value)]
