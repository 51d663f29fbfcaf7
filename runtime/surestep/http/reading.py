"""What endpoints have in common: a body, a query, an answer as JSON."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from surestep.core.records import RunStatus
from surestep.http.refusals import refuse
from surestep.limits import LISTED_ROWS, REQUEST_BYTES

__all__ = ["Endpoint", "answer_json", "parse_limit", "parse_status", "read_json_body", "read_query"]

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


async def read_json_body(request: Request) -> bytes:
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


def read_query(request: Request, *allowed: str) -> dict[str, str]:
    """The query parameters, of which only some are known."""
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise refuse("H008", f"unknown query parameter {unknown[0]!r}", f"known are {', '.join(allowed)}")
    return dict(request.query_params)


def parse_status(text: str | None) -> RunStatus | None:
    """A status of runs."""
    if text is None or text in set(RunStatus):
        return None if text is None else RunStatus(text)
    raise refuse("H008", f"{text!r} is no status of a run", f"known are {', '.join(RunStatus)}")


def parse_limit(text: str | None) -> int:
    """How many rows are wanted."""
    limit = 50 if text is None else int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= limit <= LISTED_ROWS:
        raise refuse("H008", f"limit must be a number from 1 to {LISTED_ROWS}, not {text!r}")
    return limit


def answer_json(adapter: TypeAdapter[Any], value: object) -> Response:
    """A value as the answer."""
    return Response(adapter.dump_json(value), media_type="application/json")
