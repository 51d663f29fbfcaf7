from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from surestep.core.records import RunStatus
from surestep.engines.api import (
    EventRow,
    JobBusy,
    JobRow,
    JobStarted,
    RawEvent,
    RunDetail,
    RunSummary,
    StepRow,
    StepStatus,
)
from surestep.errors import ErrorInfo, EventRejectedError, Fault, StoreError
from surestep.http.app import create_app

SUMMARY = RunSummary("01RUN", "charge", RunStatus.FAILED, "event", 1000, 1010, 1500)
DETAIL = RunDetail(
    SUMMARY,
    (EventRow("01EVENT", "shop/order.paid", {"n": 1}, "order-1", 900, 990),),
    (StepRow("pay:1", "run", StepStatus.FAILED, 5, 1010, 1400, ErrorInfo("ValueError", "no money")),),
    error=ErrorInfo("StepError", "step 'pay' failed"),
)
JOB_ROW = JobRow("log-1", "01RUN", RunStatus.COMPLETED, "manual", 1000, 1010, 1500, {"n": 1})


@dataclass
class FakeEngine:
    """Answers what it was given and remembers what it was asked."""

    asked: list[object] = field(default_factory=list)
    error: Exception | None = None
    control: Any = None
    flow: Any = None

    async def send(self, events: Sequence[RawEvent]) -> list[str]:
        if self.error:
            raise self.error
        self.asked.extend(events)
        return [f"id-of-{event.name}" for event in events]

    async def list_runs(self, **query: object) -> list[RunSummary]:
        self.asked.append(query)
        return [SUMMARY]

    async def show_run(self, run_id: str) -> RunDetail | None:
        return DETAIL if run_id == "01RUN" else None

    async def list_events(self, **query: object) -> list[EventRow]:
        self.asked.append(query)
        return list(DETAIL.events)

    async def cancel_run(self, run_id: str) -> bool:
        self.asked.append(run_id)
        return run_id == "01LIVE"

    async def start_job(self, job_id: str, **asked: object) -> JobStarted | JobBusy | None:
        self.asked.append((job_id, asked))
        answers: dict[str, JobStarted | JobBusy] = {
            "shop/sync": JobStarted("log-1", "01RUN"),
            "shop/busy": JobBusy("log-0", "why"),
        }
        return answers.get(job_id)

    async def list_job_runs(self, job_id: str, **query: object) -> list[JobRow] | None:
        self.asked.append(query)
        return [JOB_ROW] if job_id == "shop/sync" else None

    async def release_run(self, run_id: str) -> bool:
        self.asked.append(run_id)
        return run_id == "01BLOCKED"


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def client(engine: FakeEngine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(engine, frozenset({"secret"}))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


def error_of(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["error"]["code"]


async def test_sent_events_reach_the_engine_and_their_ids_come_back(
    client: httpx.AsyncClient, engine: FakeEngine
) -> None:
    response = await client.post("/e/secret", json=[{"name": "a", "data": {"n": 1}}, {"name": "b"}])
    assert (response.status_code, response.json()) == (200, {"ids": ["id-of-a", "id-of-b"], "status": 200})
    assert engine.asked == [RawEvent("a", {"n": 1}), RawEvent("b")]


async def test_a_job_is_started_by_hand(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    response = await client.post("/v1/jobs/shop/sync", json={"options": {"dry": True}, "log_id": "log-1"})
    assert (response.status_code, response.json()) == (202, {"log_id": "log-1", "run_id": "01RUN", "status": 202})
    assert engine.asked == [("shop/sync", {"options": {"dry": True}, "log_id": "log-1"})]
    empty = await client.post("/v1/jobs/shop/sync", headers={"content-type": "application/json"})
    assert empty.status_code == 202
    assert engine.asked[1] == ("shop/sync", {"options": None, "log_id": None})


async def test_a_job_that_runs_is_not_started_and_its_log_id_is_told(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/jobs/shop/busy", json={})
    assert error_of(response) == (409, "H013")
    assert response.json()["log_id"] == "log-0"
    assert "why" in response.json()["error"]["message"]


@pytest.mark.parametrize("body", [[], "x", {"option": {}}, {"log_id": 1}, {"log_id": ""}])
async def test_what_is_no_request_for_a_job_is_refused(
    client: httpx.AsyncClient, engine: FakeEngine, body: object
) -> None:
    assert error_of(await client.post("/v1/jobs/shop/sync", json=body)) == (400, "H014")
    assert engine.asked == []


async def test_the_log_of_a_job_is_listed(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    response = await client.get("/v1/jobs/shop/sync?limit=5&before=01X")
    [row] = response.json()["runs"]
    assert (row["log_id"], row["status"], row["stats"], row["error"]) == ("log-1", "completed", {"n": 1}, None)
    assert engine.asked == [{"before": "01X", "limit": 5}]


async def test_an_unknown_job_is_not_found(client: httpx.AsyncClient) -> None:
    assert error_of(await client.get("/v1/jobs/shop/none")) == (404, "H012")
    assert error_of(await client.post("/v1/jobs/shop/none", json={})) == (404, "H012")


async def test_an_unknown_key_sends_nothing(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    answer = await client.post("/e/guess", json={"name": "a"})
    assert error_of(answer) == (401, "H006")
    assert answer.json()["error"]["hint"] == "commands take the key from --key or SURESTEP_EVENT_KEY"
    assert engine.asked == []


async def test_without_configured_keys_any_key_sends(engine: FakeEngine) -> None:
    transport = httpx.ASGITransport(create_app(engine, None))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.post("/e/whatever", json={"name": "a"})).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""]
)
async def test_what_a_page_can_send_without_asking_is_not_accepted(
    client: httpx.AsyncClient, engine: FakeEngine, content_type: str
) -> None:
    response = await client.post("/e/secret", content=b'{"name": "a"}', headers={"content-type": content_type})
    assert error_of(response) == (415, "H001")
    assert engine.asked == []


async def test_a_charset_beside_the_media_type_is_fine(client: httpx.AsyncClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert (await client.post("/e/secret", content=b'{"name": "a"}', headers=headers)).status_code == 200


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    body = b'{"name": "' + b"a" * (32 * 1024 * 1024) + b'"}'
    response = await client.post("/e/secret", content=body, headers={"content-type": "application/json"})
    assert error_of(response) == (413, "H002")


async def test_a_refused_event_is_told_with_position_faults_and_hint(
    client: httpx.AsyncClient, engine: FakeEngine
) -> None:
    engine.error = EventRejectedError(1, "a", (Fault("data.n", "must be an integer"),), "see the spec")
    response = await client.post("/e/secret", json=[{"name": "b"}, {"name": "a"}])
    assert response.status_code == 400
    assert response.json() == {
        "error": {
            "code": "R500",
            "message": "event 1 (a) refused: data.n: must be an integer",
            "hint": "see the spec",
            "faults": [{"path": "data.n", "message": "must be an integer"}],
            "position": 1,
        },
        "status": 400,
    }


async def test_a_store_that_cannot_write_is_a_passing_state(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    engine.error = StoreError("the disk is full")
    assert error_of(await client.post("/e/secret", json={"name": "a"})) == (503, "R700")


async def test_a_fault_of_ours_is_logged_and_its_details_stay_inside(
    client: httpx.AsyncClient, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine.error = ZeroDivisionError("secret detail")
    response = await client.post("/e/secret", json={"name": "a"})
    assert error_of(response) == (500, "H500")
    assert "secret detail" not in response.text
    assert "secret detail" in caplog.text


async def test_runs_are_listed_as_asked(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    response = await client.get("/v1/runs?function=charge&status=failed&event=01E&limit=7&before=01Z")
    asked = {"function_id": "charge", "status": RunStatus.FAILED, "event_id": "01E", "before": "01Z", "limit": 7}
    assert engine.asked == [asked]
    assert response.json() == {
        "runs": [
            {
                "run_id": "01RUN",
                "function_id": "charge",
                "status": "failed",
                "triggered_by": "event",
                "created_at_ms": 1000,
                "started_at_ms": 1010,
                "ended_at_ms": 1500,
            }
        ]
    }


@pytest.mark.parametrize("query", ["status=done", "limit=0", "limit=1001", "limit=x", "limit=-1", "limt=5", "limit=²"])
async def test_a_faulty_query_is_refused_rather_than_guessed(client: httpx.AsyncClient, query: str) -> None:
    assert error_of(await client.get(f"/v1/runs?{query}")) == (400, "H008")


async def test_a_run_is_shown_with_its_timeline(client: httpx.AsyncClient) -> None:
    body: dict[str, Any] = (await client.get("/v1/runs/01RUN")).json()
    assert body["steps"] == [
        {
            "key": "pay:1",
            "kind": "run",
            "status": "failed",
            "attempts": 5,
            "started_at_ms": 1010,
            "ended_at_ms": 1400,
            "error": {"name": "ValueError", "message": "no money", "stack": ""},
        }
    ]
    assert body["events"][0]["data"] == {"n": 1}
    assert body["error"]["message"] == "step 'pay' failed"


async def test_events_are_listed(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    body = (await client.get("/v1/events?name=shop/order.paid")).json()
    assert [event["id"] for event in body["events"]] == ["order-1"]
    assert engine.asked == [{"name": "shop/order.paid", "before": None, "limit": 50}]


async def test_a_run_that_lives_can_be_cancelled(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/runs/01LIVE/cancel")).json() == {"run_id": "01LIVE", "status": 200}


async def test_cancelling_a_run_that_has_ended_or_never_was_says_so(client: httpx.AsyncClient) -> None:
    assert error_of(await client.post("/v1/runs/01RUN/cancel")) == (409, "H010")
    assert error_of(await client.post("/v1/runs/01NONE/cancel")) == (404, "H009")


async def test_a_blocked_run_can_be_tried_again(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/runs/01BLOCKED/retry")).json() == {"run_id": "01BLOCKED", "status": 200}


async def test_trying_a_run_again_that_is_not_blocked_or_never_was_says_so(client: httpx.AsyncClient) -> None:
    assert error_of(await client.post("/v1/runs/01RUN/retry")) == (409, "H011")
    assert error_of(await client.post("/v1/runs/01NONE/retry")) == (404, "H009")


async def test_unknown_places_and_methods_answer_in_the_same_form(client: httpx.AsyncClient) -> None:
    assert error_of(await client.get("/v1/runs/01NONE")) == (404, "H009")
    assert error_of(await client.get("/nowhere")) == (404, "H404")
    assert error_of(await client.get("/e/secret")) == (405, "H405")


async def test_health_answers_without_asking_the_engine(client: httpx.AsyncClient, engine: FakeEngine) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}
    assert engine.asked == []


async def test_a_foreign_host_header_is_refused(client: httpx.AsyncClient) -> None:
    assert error_of(await client.get("/health", headers={"host": "evil.example"})) == (403, "H007")


async def test_with_api_keys_only_sending_and_health_need_none(engine: FakeEngine) -> None:
    app = create_app(engine, frozenset({"secret"}), api_keys=frozenset({"first", "second"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for headers in ({}, {"authorization": "Bearer third"}, {"authorization": "Basic first"}):
            assert error_of(await client.get("/v1/runs", headers=headers)) == (401, "H020")
            assert error_of(await client.post("/v1/jobs/shop/sync", json={}, headers=headers)) == (401, "H020")
        assert engine.asked == []
        for key in ("first", "second"):
            assert (await client.get("/v1/runs", headers={"authorization": f"Bearer {key}"})).status_code == 200
        assert (await client.post("/e/secret", json={"name": "a"})).status_code == 200
        assert error_of(await client.post("/e/first", json={"name": "a"})) == (401, "H006")
        assert (await client.get("/health")).status_code == 200


async def test_keys_that_are_no_ascii_are_unknown_and_no_fault(engine: FakeEngine) -> None:
    app = create_app(engine, frozenset({"secret"}), api_keys=frozenset({"first"}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        headers = {"authorization": "Bearer \u00e9".encode("latin-1")}
        assert error_of(await client.get("/v1/runs", headers={b"authorization": headers["authorization"]})) == (
            401,
            "H020",
        )
        assert error_of(await client.post("/e/%C3%A9%F0%9F", json={"name": "a"})) == (401, "H006")
