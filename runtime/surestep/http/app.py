"""The routes. Each endpoint reads a request, asks the engine once, and answers JSON."""

from typing import Final

from pydantic import TypeAdapter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from surestep.engines.api import EngineApi, EventRow, JobBusy, JobRow, JobStarted
from surestep.errors import EventRejectedError, LimitError, StoreError
from surestep.http.flow import flow_routes
from surestep.http.guard import LOOPBACK_HOSTS, HostGuard
from surestep.http.intake import parse_events, parse_job_request
from surestep.http.keys import ApiKeyGuard, is_known_key
from surestep.http.reading import Endpoint, answer_json, parse_limit, read_json_body, read_query
from surestep.http.refusals import RefusedError, refuse, render_busy, render_error, render_fault
from surestep.http.runs import run_routes
from surestep.limits import EVENTS_PER_REQUEST

__all__ = ["create_app"]

_EVENTS: Final = TypeAdapter(dict[str, list[EventRow]])
_JOB_RUNS: Final = TypeAdapter(dict[str, list[JobRow]])


def create_app(
    engine: EngineApi,
    keys: frozenset[str] | None,
    *,
    api_keys: frozenset[str] | None = None,
    hosts: frozenset[str] | None = LOOPBACK_HOSTS,
    events_per_request: int = EVENTS_PER_REQUEST,
) -> Starlette:
    """The API of an engine.

    Args:
        engine: carries requests out; its life is the caller's affair.
        keys: event keys that may send; None lets any key send.
        api_keys: keys that may do everything else; None asks for none.
        hosts: host names by which this server may be addressed; None lets any, for servers behind a proxy.
        events_per_request: more are refused before they are looked at.
    """
    handled = (RefusedError, EventRejectedError, LimitError, StoreError, HTTPException)
    return Starlette(
        routes=[
            Route("/e/{key}", _sending(engine, keys, events_per_request), methods=["POST"]),
            *run_routes(engine),
            *flow_routes(engine),
            Route("/v1/jobs/{domain}/{name}", _listing_job_runs(engine)),
            Route("/v1/jobs/{domain}/{name}", _starting_job(engine), methods=["POST"]),
            Route("/v1/events", _listing_events(engine)),
            Route("/health", _health),
        ],
        middleware=[
            *([] if hosts is None else [Middleware(HostGuard, hosts=hosts)]),
            *([] if api_keys is None else [Middleware(ApiKeyGuard, keys=api_keys)]),
        ],
        exception_handlers={Exception: render_fault} | dict.fromkeys(handled, render_error),
    )


def _sending(engine: EngineApi, keys: frozenset[str] | None, events_per_request: int) -> Endpoint:
    async def send(request: Request) -> Response:
        if keys is not None and not is_known_key(request.path_params["key"], keys):
            hint = "commands take the key from --key or SURESTEP_EVENT_KEY"
            raise refuse("H006", "this event key is unknown", hint)
        ids = await engine.send(parse_events(await read_json_body(request), events_per_request))
        return JSONResponse({"ids": ids, "status": 200})

    return send


def _starting_job(engine: EngineApi) -> Endpoint:
    async def start_job(request: Request) -> Response:
        asked = parse_job_request(await read_json_body(request))
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
        query = read_query(request, "before", "limit")
        job_id = _job_id(request)
        rows = await engine.list_job_runs(job_id, before=query.get("before"), limit=parse_limit(query.get("limit")))
        if rows is None:
            raise _no_job(job_id)
        return answer_json(_JOB_RUNS, {"runs": rows})

    return list_job_runs


def _listing_events(engine: EngineApi) -> Endpoint:
    async def list_events(request: Request) -> Response:
        query = read_query(request, "name", "before", "limit")
        events = await engine.list_events(
            name=query.get("name"), before=query.get("before"), limit=parse_limit(query.get("limit"))
        )
        return answer_json(_EVENTS, {"events": events})

    return list_events


async def _health(request: Request) -> Response:
    del request
    return JSONResponse({"status": "ok"})


def _job_id(request: Request) -> str:
    return f"{request.path_params['domain']}/{request.path_params['name']}"


def _no_job(job_id: str) -> RefusedError:
    return refuse("H012", f"there is no job {job_id} in this app", "`surestep expand` prints what the specs' jobs are")
