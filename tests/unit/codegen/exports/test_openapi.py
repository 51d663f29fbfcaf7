"""The exported document is valid, and the server answers as it says."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Route

from surestep.core.policies.pause import PauseMode
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
from surestep.engines.control_api import Rerun, RerunRefused, RerunStarted, Selection
from surestep.engines.flow_api import QueueList, QueueRow
from surestep.errors import ErrorInfo, EventRejectedError, Fault, LimitError, StoreError
from surestep.http import refusals
from surestep.http.app import create_app
from surestep.limits import EVENTS_PER_REQUEST, LISTED_ROWS
from surestep_codegen.exports.openapi import render_openapi
from surestep_codegen.remarks import Remarks
from surestep_dsl.load import load_files, load_project

ROOT = Path(__file__).parents[4]
SPEC = """\
spec: 1
app: shop
events:
  order/created: {version: b, previous: [{version: a, data: {id: integer}}], data: {id: string}}
  order/cancelled: {data: {id: string}}
types:
  Run: string
jobs:
  provider/sync: {options: {dry?: boolean}, stats: {done: integer}}
  provider/other: {}
"""
SUMMARY = RunSummary("01RUN", "charge", RunStatus.FAILED, "event", 1000, 1010, None)
DETAIL = RunDetail(
    SUMMARY,
    (EventRow("01EVENT", "shop/order.paid", {"n": 1}, "order-1", 900, 990),),
    (StepRow("pay:1", "run", StepStatus.FAILED, 5, 1010, 1400, ErrorInfo("ValueError", "no money")),),
    error=ErrorInfo("StepError", "step 'pay' failed"),
)
REFUSED = {
    "order/refused": EventRejectedError(0, "order/refused", (Fault("data.id", "Field required"),)),
    "order/large": LimitError("too large"),
    "order/unstored": StoreError("disk full"),
    "order/faulty": RuntimeError("a fault of ours"),
}
SYNC, OTHER = "/v1/jobs/provider/sync", "/v1/jobs/provider/other"
EVENT = {"name": "order/cancelled", "data": {"id": "x"}}


def exported(spec: str = SPEC) -> dict[str, Any]:
    loaded = load_files({"shop.yaml": spec})
    assert loaded.project is not None, loaded.errors
    return render_openapi(loaded.project, "2.0.0", "https://example.org", Remarks())


def validator_of(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({"components": document["components"], **schema})


@dataclass
class FakeEngine:
    """Knows one run of each kind, and refuses events by their names."""

    async def send(self, events: Sequence[RawEvent]) -> list[str]:
        for event in events:
            if event.name in REFUSED:
                raise REFUSED[event.name]
        return [event.name for event in events]

    async def list_runs(self, **query: object) -> list[RunSummary]:
        return [SUMMARY]

    async def show_run(self, run_id: str) -> RunDetail | None:
        return None if run_id == "none" else DETAIL

    async def list_events(self, **query: object) -> list[EventRow]:
        return list(DETAIL.events)

    async def cancel_run(self, run_id: str) -> bool:
        return run_id == "live"

    async def start_job(self, job_id: str, **asked: object) -> JobStarted | JobBusy | None:
        if asked["options"] == "refused":
            raise REFUSED["order/refused"]
        return JobBusy("log", "no") if asked["log_id"] == "busy" else JobStarted("log", "run")

    async def list_job_runs(self, job_id: str, **query: object) -> list[JobRow] | None:
        return [JobRow("log", "run", RunStatus.FAILED, "cron", 1, error=ErrorInfo("StepError", "failed"))]

    async def release_run(self, run_id: str) -> bool:
        return run_id == "blocked"

    @property
    def control(self) -> "FakeControl":
        return FakeControl()

    @property
    def flow(self) -> "FakeFlow":
        return FakeFlow()


class FakeFlow:
    """Knows one function, for which runs wait."""

    def knows(self, function_id: str) -> bool:
        return function_id == "known"

    async def list_queue(self, *, function_id: str | None = None, limit: int = 50) -> QueueList:
        if function_id == "none":
            return QueueList()
        rows = (QueueRow("known", "concurrency", "a", 3, 1, 1), QueueRow("known", "throttle", None, 2, starts_at_ms=5))
        return QueueList(rows, 7, 12)

    async def pause(self, function_id: str, mode: PauseMode) -> bool:
        return function_id == "known"

    async def resume(self, function_id: str) -> bool:
        return function_id == "known"


class FakeControl:
    """Knows three runs."""

    async def find_runs(self, selection: Selection) -> list[str]:
        return ["live", "01RUN", "blocked"]

    async def load_history(self, run_id: str) -> bytes | None:
        return None if run_id == "none" else b'{"format": "surestep.history/1"}'

    async def rerun(self, run_id: str, *, step: str = "", data: bytes | None = None) -> Rerun:
        known: dict[str, Rerun] = {
            "none": RerunRefused("unknown run", "there is none"),
            "live": RerunRefused("live run", "it is live"),
        }
        return known.get(run_id, RerunStarted("new"))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(FakeEngine(), frozenset({"key"})), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize("specs", ["specs", "tests/golden/generate/kinds/specs", "tests/golden/export/shop"])
def test_documents_are_valid_by_the_official_schema(specs: str, openapi_schema: dict[str, Any]) -> None:
    project = load_project(["."], ROOT / specs).project
    assert project is not None
    document: dict[str, Any] = render_openapi(project, "1.0.0", "http://127.0.0.1:8288", Remarks())
    assert [error.message for error in Draft202012Validator(openapi_schema).iter_errors(document)] == []
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_official_schema_would_find_a_mistake(openapi_schema: dict[str, Any]) -> None:
    document = exported()
    del document["info"]["version"]
    assert [error.message for error in Draft202012Validator(openapi_schema).iter_errors(document)] != []


def test_all_references_lead_somewhere() -> None:
    document = exported()
    pointers = re.findall(r"'#/(components/[^']*)'", str(document))
    assert len(pointers) > 100
    for pointer in pointers:
        found: Any = document
        for part in pointer.split("/"):
            found = found[part]


def test_the_routes_of_the_server_are_those_of_the_document() -> None:
    routes = [route for route in create_app(FakeEngine(), None).routes if isinstance(route, Route)]
    served = {(route.path, method.lower()) for route in routes for method in (route.methods or set()) - {"HEAD"}}
    paths = {
        re.sub("^/v1/jobs/.*", "/v1/jobs/{domain}/{name}", path): item for path, item in exported()["paths"].items()
    }
    assert {(path, method) for path, item in paths.items() for method in item} == served


ANSWERS: list[tuple[str, str, str, int, dict[str, Any]]] = [
    ("get", "/v1/queue", "/v1/queue", 200, {}),
    ("get", "/v1/queue", "/v1/queue?limit=0", 400, {}),
    ("get", "/v1/queue", "/v1/queue?function=none", 404, {}),
    ("post", "/v1/functions/{function_id}/pause", "/v1/functions/known/pause?events=skip", 200, {}),
    ("post", "/v1/functions/{function_id}/pause", "/v1/functions/known/pause?events=no", 400, {}),
    ("post", "/v1/functions/{function_id}/pause", "/v1/functions/other/pause", 404, {}),
    ("post", "/v1/functions/{function_id}/resume", "/v1/functions/known/resume", 200, {}),
    ("post", "/v1/functions/{function_id}/resume", "/v1/functions/other/resume", 404, {}),
    ("post", "/e/{key}", "/e/key", 200, {"json": EVENT}),
    ("post", "/e/{key}", "/e/key", 200, {"json": [EVENT, EVENT]}),
    ("post", "/e/{key}", "/e/key", 400, {"content": "{", "headers": {"content-type": "application/json"}}),
    ("post", "/e/{key}", "/e/key", 400, {"json": 1}),
    ("post", "/e/{key}", "/e/key", 400, {"json": {"name": "order/refused"}}),
    ("post", "/e/{key}", "/e/other", 401, {"json": EVENT}),
    ("post", "/e/{key}", "/e/key", 403, {"json": EVENT, "headers": {"host": "example.org"}}),
    ("post", "/e/{key}", "/e/key", 413, {"json": [EVENT] * 5001}),
    ("post", "/e/{key}", "/e/key", 413, {"json": {"name": "order/large"}}),
    ("post", "/e/{key}", "/e/key", 415, {"content": "x"}),
    ("post", "/e/{key}", "/e/key", 500, {"json": {"name": "order/faulty"}}),
    ("post", "/e/{key}", "/e/key", 503, {"json": {"name": "order/unstored"}}),
    ("get", "/v1/runs", "/v1/runs?function=charge&status=failed&before=01&limit=5", 200, {}),
    ("get", "/v1/runs", "/v1/runs?limit=0", 400, {}),
    ("post", "/v1/runs/find", "/v1/runs/find", 200, {"json": {"status": "failed"}}),
    ("post", "/v1/runs/find", "/v1/runs/find", 400, {"json": {"status": "done"}}),
    ("post", "/v1/runs/cancel", "/v1/runs/cancel", 200, {"json": {"function": "charge"}}),
    ("post", "/v1/runs/cancel", "/v1/runs/cancel", 400, {"json": {}}),
    ("post", "/v1/runs/retry", "/v1/runs/retry", 200, {"json": {"run_ids": ["live", "blocked"]}}),
    ("post", "/v1/runs/replay", "/v1/runs/replay", 200, {"json": {"if": "true", "step": "pay"}}),
    ("get", "/v1/runs/{run_id}/history", "/v1/runs/01RUN/history", 200, {}),
    ("get", "/v1/runs/{run_id}/history", "/v1/runs/none/history", 404, {}),
    ("post", "/v1/runs/{run_id}/replay", "/v1/runs/01RUN/replay", 200, {"json": {"step": "pay", "data": {}}}),
    ("post", "/v1/runs/{run_id}/replay", "/v1/runs/01RUN/replay", 400, {"json": {"from": "pay"}}),
    ("post", "/v1/runs/{run_id}/replay", "/v1/runs/none/replay", 404, {"json": {}}),
    ("post", "/v1/runs/{run_id}/replay", "/v1/runs/live/replay", 409, {"json": {}}),
    ("get", "/v1/runs/{run_id}", "/v1/runs/01RUN", 200, {}),
    ("get", "/v1/runs/{run_id}", "/v1/runs/none", 404, {}),
    ("post", "/v1/runs/{run_id}/cancel", "/v1/runs/live/cancel", 200, {}),
    ("post", "/v1/runs/{run_id}/cancel", "/v1/runs/none/cancel", 404, {}),
    ("post", "/v1/runs/{run_id}/cancel", "/v1/runs/ended/cancel", 409, {}),
    ("post", "/v1/runs/{run_id}/retry", "/v1/runs/blocked/retry", 200, {}),
    ("post", "/v1/runs/{run_id}/retry", "/v1/runs/none/retry", 404, {}),
    ("post", "/v1/runs/{run_id}/retry", "/v1/runs/ended/retry", 409, {}),
    ("get", SYNC, f"{SYNC}?before=01&limit=5", 200, {}),
    ("get", SYNC, f"{SYNC}?other=1", 400, {}),
    ("post", SYNC, SYNC, 202, {"json": {"log_id": "mine", "options": {"dry": True}}}),
    ("post", SYNC, SYNC, 202, {"headers": {"content-type": "application/json"}}),
    ("post", SYNC, SYNC, 400, {"json": []}),
    ("post", SYNC, SYNC, 400, {"json": {"options": "refused"}}),
    ("post", SYNC, SYNC, 409, {"json": {"log_id": "busy"}}),
    ("post", SYNC, SYNC, 415, {"content": "x"}),
    ("get", OTHER, OTHER, 200, {}),
    ("post", OTHER, OTHER, 202, {"json": {}}),
    ("get", "/v1/events", "/v1/events?name=order/cancelled&before=01&limit=5", 200, {}),
    ("get", "/v1/events", "/v1/events?other=1", 400, {}),
    ("get", "/health", "/health", 200, {}),
    ("get", "/health", "/health", 403, {"headers": {"origin": "https://example.org"}}),
]


@pytest.mark.parametrize(("method", "path", "url", "status", "request_"), ANSWERS)
async def test_the_server_answers_as_declared(
    client: httpx.AsyncClient, method: str, path: str, url: str, status: int, request_: dict[str, Any]
) -> None:
    document = exported()
    response = await client.request(method, url, **request_)
    assert response.status_code == status
    declared = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in declared:
        declared = document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    schema = declared["content"]["application/json"]["schema"]
    assert [error.message for error in validator_of(document, schema).iter_errors(response.json())] == []


def test_every_operation_is_among_the_answers_tried() -> None:
    declared = {(method, path) for path, item in exported()["paths"].items() for method in item}
    assert {(method, path) for method, path, *_ in ANSWERS} == declared


def test_codes_and_bounds_are_those_of_the_server() -> None:
    document = exported()
    named = {
        code
        for response in document["components"]["responses"].values()
        for code in re.findall(r"'(H0\d\d)'", str(response["content"]))
    }
    named.add(
        document["paths"][SYNC]["post"]["responses"]["409"]["content"]["application/json"]["schema"]["properties"][
            "error"
        ]["properties"]["code"]["const"]
    )
    assert named == set(refusals._CODES) - {"H012"}  # each job has a path, so there is no unknown one
    body = document["paths"]["/e/{key}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["oneOf"][1]["maxItems"] == EVENTS_PER_REQUEST
    assert document["paths"]["/v1/runs"]["get"]["parameters"][-1]["schema"]["maximum"] == LISTED_ROWS
    schemas = document["components"]["schemas"]
    assert schemas["api.RunStatus"]["enum"] == list(RunStatus)
    assert schemas["api.Step"]["properties"]["status"]["enum"] == list(StepStatus)


def test_an_event_is_chosen_by_its_name_and_held_against_its_schema() -> None:
    document = exported()
    chosen = document["components"]["schemas"]["api.Event"]["discriminator"]
    assert (chosen["propertyName"], chosen["mapping"]["order/cancelled"]) == (
        "name",
        "#/components/schemas/event.OrderCancelled",
    )
    body = document["paths"]["/e/{key}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    accepts = validator_of(document, body).is_valid
    assert accepts(EVENT)
    assert accepts([EVENT, {"name": "order/created", "data": {"id": 1}, "v": "a"}])
    assert not accepts({"name": "order/cancelled", "data": {"id": 1}})
    assert not accepts({"name": "order/created", "data": {"id": 1}})
    assert not accepts({"name": "order/unknown", "data": {}})


def test_nobody_outside_may_tell_how_a_job_ended() -> None:
    mapping = exported()["components"]["schemas"]["api.Event"]["discriminator"]["mapping"]
    assert [name for name in mapping if name.startswith("provider/sync")] == [
        "provider/sync.cancelled",
        "provider/sync.requested",
    ]


def test_an_app_without_events_accepts_none() -> None:
    document = exported("spec: 1\napp: shop\n")
    assert not validator_of(document, document["components"]["schemas"]["api.Event"]).is_valid(EVENT)


def test_a_job_takes_its_own_options() -> None:
    document = exported()
    body = document["paths"][SYNC]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert validator_of(document, body).is_valid({"log_id": "mine", "options": {"dry": True}})
    assert not validator_of(document, body).is_valid({"options": {"dry": "yes"}})
    without = document["paths"][OTHER]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert not validator_of(document, without).is_valid({"options": {}})
