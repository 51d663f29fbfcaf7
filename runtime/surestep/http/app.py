"""The routes. Each endpoint reads a request, asks the engine once, and answers JSON."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from surestep.core.records import RunStatus
from surestep.engines.api import EngineApi, EventRow, JobBusy, JobRow, JobStarted, RunDetail, RunSummary
from surestep.errors import EventRejectedError, LimitError, StoreError
from surestep.http.guard import LOOPBACK_HOSTS, HostGuard
from surestep.http.intake import parse_events, parse_job_request
from surestep.http.refusals import RefusedError, refuse, render_busy, render_error, render_fault
from surestep.limits import EVENTS_PER_REQUEST, LISTED_ROWS, REQUEST_BYTES

__all__ = ["create_app"]

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

_RUNS: Final = TypeAdapter(dict[str, list[RunSummary]])
_RUN: Final = TypeAdapter(RunDetail)
_EVENTS: Final = TypeAdapter(dict[str, list[EventRow]])
_JOB_RUNS: Final = TypeAdapter(dict[str, list[JobRow]])


def create_app(
    engine: EngineApi,
    keys: frozenset[str] | None,
    *,
    hosts: frozenset[str] | None = LOOPBACK_HOSTS,
    events_per_request: int = EVENTS_PER_REQUEST,
) -> Starlette:
    """The API of an engine.

    Args:
        engine: carries requests out; its life is the caller's affair.
        keys: event keys that may send; None lets any key send.
        hosts: host names by which this server may be addressed; None lets any, for servers behind a proxy.
        events_per_request: more are refused before they are looked at.
    """
    handled = (RefusedError, EventRejectedError, LimitError, StoreError, HTTPException)
    return Starlette(
        routes=[
            Route("/e/{key}", _sending(engine, keys, events_per_request), methods=["POST"]),
            Route("/v1/runs", _listing_runs(engine)),
            Route("/v1/runs/{run_id}", _showing_run(engine)),
            Route("/v1/runs/{run_id}/cancel", _cancelling_run(engine), methods=["POST"]),
            Route("/v1/runs/{run_id}/retry", _retrying_run(engine), methods=["POST"]),
            Route("/v1/jobs/{domain}/{name}", _listing_job_runs(engine)),
            Route("/v1/jobs/{domain}/{name}", _starting_job(engine), methods=["POST"]),
            Route("/v1/events", _listing_events(engine)),
            Route("/health", _health),
        ],
        middleware=[] if hosts is None else [Middleware(HostGuard, hosts=hosts)],
        exception_handlers={Exception: render_fault} | dict.fromkeys(handled, render_error),
    )


def _sending(engine: EngineApi, keys: frozenset[str] | None, events_per_request: int) -> Endpoint:
    async def send(request: Request) -> Response:
        if keys is not None and not _is_known(request.path_params["key"], keys):
            raise refuse("H006", "this event key is unknown")
        ids = await engine.send(parse_events(await _read_json_body(request), events_per_request))
        return JSONResponse({"ids": ids, "status": 200})

    return send


def _listing_runs(engine: EngineApi) -> Endpoint:
    async def list_runs(request: Request) -> Response:
        query = _query(request, "function", "status", "event", "before", "limit")
        runs = await engine.list_runs(
            function_id=query.get("function"),
            status=_status(query.get("status")),
            event_id=query.get("event"),
            before=query.get("before"),
            limit=_limit(query.get("limit")),
        )
        return _json(_RUNS, {"runs": runs})

    return list_runs


def _showing_run(engine: EngineApi) -> Endpoint:
    async def show_run(request: Request) -> Response:
        run_id = request.path_params["run_id"]
        detail = await engine.show_run(run_id)
        if detail is None:
            raise _no_run(run_id)
        return _json(_RUN, detail)

    return show_run


def _cancelling_run(engine: EngineApi) -> Endpoint:
    async def cancel_run(request: Request) -> Response:
        run_id = request.path_params["run_id"]
        if not await engine.cancel_run(run_id):
            detail = await engine.show_run(run_id)
            if detail is None:
                raise _no_run(run_id)
            raise refuse("H010", f"run {run_id} has already ended: {detail.run.status}")
        return JSONResponse({"run_id": run_id, "status": 200})

    return cancel_run


def _retrying_run(engine: EngineApi) -> Endpoint:
    async def retry_run(request: Request) -> Response:
        run_id = request.path_params["run_id"]
        if not await engine.release_run(run_id):
            detail = await engine.show_run(run_id)
            if detail is None:
                raise _no_run(run_id)
            raise refuse("H011", f"run {run_id} is {detail.run.status}; only a blocked run can be tried again")
        return JSONResponse({"run_id": run_id, "status": 200})

    return retry_run


def _starting_job(engine: EngineApi) -> Endpoint:
    async def start_job(request: Request) -> Response:
        asked = parse_job_request(await _read_json_body(request))
        job_id = _job_id(request)
        match await engine.start_job(job_id, options=asked.options, log_id=asked.log_id):
            case None:
                raise _no_job(job_id)
            case JobBusy(log_id, reason):
                return render_busy(f"job {job_id} is running already ({reason})", log_id)
            case JobStarted(log_id, run_id):
                return JSONResponse({"log_id": log_id, "run_id": run_id, "status": 202}, 202)

    return start_job


def _listing_job_runs(engine: EngineApi) -> Endpoint:
    async def list_job_runs(request: Request) -> Response:
        query = _query(request, "before", "limit")
        job_id = _job_id(request)
        rows = await engine.list_job_runs(job_id, before=query.get("before"), limit=_limit(query.get("limit")))
        if rows is None:
            raise _no_job(job_id)
        return _json(_JOB_RUNS, {"runs": rows})

    return list_job_runs


def _listing_events(engine: EngineApi) -> Endpoint:
    async def list_events(request: Request) -> Response:
        query = _query(request, "name", "before", "limit")
        events = await engine.list_events(
            name=query.get("name"), before=query.get("before"), limit=_limit(query.get("limit"))
        )
        return _json(_EVENTS, {"events": events})

    return list_events


async def _health(request: Request) -> Response:
    del request
    return JSONResponse({"status": "ok"})


async def _read_json_body(request: Request) -> bytes:
    """The body, at most REQUEST_BYTES. Only JSON is accepted: browsers ask before they send it to a foreign server."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        hint = "send JSON with the header content-type: application/json"
        raise refuse("H001", f"events come as application/json, not as {media_type or 'nothing stated'}", hint)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > REQUEST_BYTES:
            message = f"the body is larger than {REQUEST_BYTES} bytes (REQUEST_BYTES)"
            raise refuse("H002", message, "send the events in several requests")
    return bytes(body)


def _is_known(key: str, keys: frozenset[str]) -> bool:
    """Compares in constant time, so that the answer's delay does not tell how much of a guess was right."""
    return any(hmac.compare_digest(key.encode(), known.encode()) for known in keys)


def _query(request: Request, *allowed: str) -> dict[str, str]:
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise refuse("H008", f"unknown query parameter {unknown[0]!r}", f"known are {', '.join(allowed)}")
    return dict(request.query_params)


def _status(text: str | None) -> RunStatus | None:
    if text is None or text in set(RunStatus):
        return None if text is None else RunStatus(text)
    raise refuse("H008", f"{text!r} is no status of a run", f"known are {', '.join(RunStatus)}")


def _limit(text: str | None) -> int:
    limit = 50 if text is None else int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= limit <= LISTED_ROWS:
        raise refuse("H008", f"limit must be a number from 1 to {LISTED_ROWS}, not {text!r}")
    return limit


def _no_run(run_id: str) -> RefusedError:
    return refuse("H009", f"there is no run {run_id}", "`surestep runs list` or GET /v1/runs shows which there are")


def _job_id(request: Request) -> str:
    return f"{request.path_params['domain']}/{request.path_params['name']}"


def _no_job(job_id: str) -> RefusedError:
    return refuse("H012", f"there is no job {job_id} in this app", "`surestep expand` prints what the specs' jobs are")


def _json(adapter: TypeAdapter[Any], value: object) -> Response:
    return Response(adapter.dump_json(value), media_type="application/json")
