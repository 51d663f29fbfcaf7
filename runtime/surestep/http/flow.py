"""Endpoints about flow control: what waits for what, and functions that are paused."""

from typing import Final

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from surestep.core.policies.pause import PauseMode
from surestep.engines.api import EngineApi
from surestep.engines.flow_api import QueueList
from surestep.http.reading import Endpoint, answer_json, parse_limit, read_query
from surestep.http.refusals import RefusedError, refuse

__all__ = ["flow_routes"]

_LIST: Final = TypeAdapter(QueueList)


def flow_routes(engine: EngineApi) -> list[Route]:
    """The routes."""
    return [
        Route("/v1/queue", _listing(engine)),
        Route("/v1/functions/{function_id}/pause", _pausing(engine), methods=["POST"]),
        Route("/v1/functions/{function_id}/resume", _resuming(engine), methods=["POST"]),
    ]


def _listing(engine: EngineApi) -> Endpoint:
    async def list_queue(request: Request) -> Response:
        query = read_query(request, "function", "limit")
        function_id, limit = query.get("function"), parse_limit(query.get("limit"))
        found = await engine.flow.list_queue(function_id=function_id, limit=limit)
        if function_id is not None and not found.queue and not engine.flow.knows(function_id):
            raise _no_function(function_id)
        return answer_json(_LIST, found)

    return list_queue


def _pausing(engine: EngineApi) -> Endpoint:
    async def pause(request: Request) -> Response:
        function_id = request.path_params["function_id"]
        asked = read_query(request, "events").get("events", PauseMode.QUEUE)
        if asked not in set(PauseMode):
            raise refuse("H008", f"{asked!r} is nothing that can happen to events", f"known are {', '.join(PauseMode)}")
        if not await engine.flow.pause(function_id, PauseMode(asked)):
            raise _no_function(function_id)
        return JSONResponse({"function": function_id, "events": asked, "status": 200})

    return pause


def _resuming(engine: EngineApi) -> Endpoint:
    async def resume(request: Request) -> Response:
        function_id = request.path_params["function_id"]
        if not await engine.flow.resume(function_id):
            raise _no_function(function_id)
        return JSONResponse({"function": function_id, "status": 200})

    return resume


def _no_function(function_id: str) -> RefusedError:
    return refuse("H019", f"there is no function {function_id} in this app", "`surestep graph` prints which there are")
