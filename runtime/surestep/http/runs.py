"""Endpoints about runs: single ones by their id, and many at once by what they have in common."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from pydantic import JsonValue, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from surestep.core.records import RunStatus
from surestep.engines.api import EngineApi, RunDetail, RunSummary
from surestep.engines.control_api import RerunRefused, RerunStarted, Selection
from surestep.errors import EventRejectedError, StepUsageError, StoreError
from surestep.http.reading import Endpoint, answer_json, parse_limit, parse_status, read_json_body, read_query
from surestep.http.refusals import RefusedError, refuse
from surestep.http.selecting import Action, parse_action, parse_replay

__all__ = ["run_routes"]

_RUNS: Final = TypeAdapter(dict[str, list[RunSummary]])
_RUN: Final = TypeAdapter(RunDetail)
_REFUSALS: Final = {"unknown run": "H009", "live run": "H015", "unknown step": "H016", "flow control": "H017"}
_BLOCKED_HINT: Final = "`surestep runs replay` does a run again that has ended"

Act: TypeAlias = Callable[[EngineApi, str, Action], Awaitable[dict[str, JsonValue]]]
"""What is done to one run; raises RefusedError."""


def run_routes(engine: EngineApi) -> list[Route]:
    """The routes."""
    return [
        Route("/v1/runs", _listing(engine)),
        Route("/v1/runs/find", _finding(engine), methods=["POST"]),
        Route("/v1/runs/cancel", _acting(engine, _cancel), methods=["POST"]),
        Route("/v1/runs/retry", _acting(engine, _retry), methods=["POST"]),
        Route("/v1/runs/replay", _acting(engine, _replay), methods=["POST"]),
        Route("/v1/runs/{run_id}", _showing(engine)),
        Route("/v1/runs/{run_id}/history", _writing(engine)),
        Route("/v1/runs/{run_id}/cancel", _one(engine, _cancel), methods=["POST"]),
        Route("/v1/runs/{run_id}/retry", _one(engine, _retry), methods=["POST"]),
        Route("/v1/runs/{run_id}/replay", _replaying(engine), methods=["POST"]),
    ]


def _listing(engine: EngineApi) -> Endpoint:
    async def list_runs(request: Request) -> Response:
        query = read_query(request, "function", "status", "event", "before", "limit")
        runs = await engine.list_runs(
            function_id=query.get("function"),
            status=parse_status(query.get("status")),
            event_id=query.get("event"),
            before=query.get("before"),
            limit=parse_limit(query.get("limit")),
        )
        return answer_json(_RUNS, {"runs": runs})

    return list_runs


def _showing(engine: EngineApi) -> Endpoint:
    async def show_run(request: Request) -> Response:
        run_id = request.path_params["run_id"]
        detail = await engine.show_run(run_id)
        if detail is None:
            raise _no_run(run_id)
        return answer_json(_RUN, detail)

    return show_run


def _writing(engine: EngineApi) -> Endpoint:
    async def write_history(request: Request) -> Response:
        run_id = request.path_params["run_id"]
        document = await engine.control.load_history(run_id)
        if document is None:
            raise _no_run(run_id)
        return Response(document, media_type="application/json")

    return write_history


def _finding(engine: EngineApi) -> Endpoint:
    async def find_runs(request: Request) -> Response:
        action = parse_action(await read_json_body(request), may_mean_all=True)
        found = await _find(engine, action.selection)
        for run_id in await _unknown(engine, action.selection.run_ids, found):
            raise _no_run(run_id)
        return JSONResponse({"run_ids": found, "status": 200})

    return find_runs


def _acting(engine: EngineApi, act: Act) -> Endpoint:
    async def act_on_runs(request: Request) -> Response:
        action = parse_action(await read_json_body(request))
        found = await _find(engine, action.selection)
        done = [await _attempt(engine, act, run_id, action) for run_id in found]
        unknown = await _unknown(engine, action.selection.run_ids, found)
        done += [{"run_id": run_id, "reason": f"there is no run {run_id}"} for run_id in unknown]
        return JSONResponse({"runs": done, "status": 200})

    return act_on_runs


async def _attempt(engine: EngineApi, act: Act, run_id: str, action: Action) -> JsonValue:
    """One of many: what stands against it is told, and the others go on."""
    try:
        return {**await act(engine, run_id, action), "reason": None}
    except (RefusedError, EventRejectedError, StoreError) as error:
        return {"run_id": run_id, "reason": str(error)}


def _one(engine: EngineApi, act: Act) -> Endpoint:
    async def act_on_run(request: Request) -> Response:
        return JSONResponse({**await act(engine, request.path_params["run_id"], Action()), "status": 200})

    return act_on_run


def _replaying(engine: EngineApi) -> Endpoint:
    async def replay_run(request: Request) -> Response:
        action = parse_replay(await read_json_body(request))
        return JSONResponse({**await _replay(engine, request.path_params["run_id"], action), "status": 200})

    return replay_run


async def _cancel(engine: EngineApi, run_id: str, _action: Action) -> dict[str, JsonValue]:
    if not await engine.cancel_run(run_id):
        status = await _status_of(engine, run_id)
        raise refuse("H010", f"run {run_id} has already ended: {status}")
    return {"run_id": run_id}


async def _retry(engine: EngineApi, run_id: str, _action: Action) -> dict[str, JsonValue]:
    if not await engine.release_run(run_id):
        status = await _status_of(engine, run_id)
        raise refuse("H011", f"run {run_id} is {status}; only a blocked run can be tried again", _BLOCKED_HINT)
    return {"run_id": run_id}


async def _replay(engine: EngineApi, run_id: str, action: Action) -> dict[str, JsonValue]:
    match await engine.control.rerun(run_id, step=action.step, data=action.data):
        case RerunStarted(new_run_id):
            return {"run_id": run_id, "new_run_id": new_run_id}
        case RerunRefused(why, reason):
            raise refuse(_REFUSALS[why], reason)


async def _find(engine: EngineApi, selection: Selection) -> list[str]:
    try:
        return await engine.control.find_runs(selection)
    except StepUsageError as error:
        raise refuse("H018", str(error)) from None


async def _unknown(engine: EngineApi, run_ids: Sequence[str], found: list[str]) -> list[str]:
    """Those named that there are not; others may not fit the conditions."""
    return [run_id for run_id in run_ids if run_id not in found and await engine.show_run(run_id) is None]


async def _status_of(engine: EngineApi, run_id: str) -> RunStatus:
    detail = await engine.show_run(run_id)
    if detail is None:
        raise _no_run(run_id)
    return detail.run.status


def _no_run(run_id: str) -> RefusedError:
    return refuse("H009", f"there is no run {run_id}", "`surestep runs list` or GET /v1/runs shows which there are")
