"""Why a request is refused, and how every error looks on the wire.

One table of codes: `ERROR_KINDS`. What is wrong with an event's own data is the engine's to say (EventRejectedError).
"""

import logging
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from surestep.errors import EventRejectedError, LimitError, StoreError

__all__ = ["Refusal", "RefusedError", "refuse", "render_busy", "render_error", "render_fault", "render_refusal"]

_LOG = logging.getLogger("surestep.http")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it is answered.

    Attributes:
        status: HTTP status.
        code: stable, listed in the manual.
        hint: what to do about it, where that is known.
    """

    status: int
    code: str
    message: str
    hint: str | None = None


class RefusedError(Exception):
    """A request is refused at the border, before any engine has seen it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


_CODES: Final = {
    "H001": 415,  # the body is not declared to be JSON
    "H002": 413,  # the body is too large
    "H003": 400,  # the body is not JSON
    "H004": 400,  # neither an event nor a list of events
    "H005": 413,  # too many events
    "H006": 401,  # an unknown event key
    "H007": 403,  # a host or origin that is not this server
    "H008": 400,  # a faulty query parameter
    "H009": 404,  # no such run
    "H010": 409,  # the run has ended
    "H011": 409,  # the run is not blocked
    "H012": 404,  # no such job
    "H013": 409,  # the job has a live run
    "H014": 400,  # not a request for a job
    "H015": 409,  # the run has not ended
    "H016": 404,  # no such step
    "H017": 409,  # flow control does not let the run in
    "H018": 400,  # not a selection of runs, or not what is to be done with them
    "H019": 404,  # no such function
    "H020": 401,  # no API key, or an unknown one
}


def refuse(code: str, message: str, hint: str | None = None) -> RefusedError:
    """The error to raise for a refusal of this code."""
    return RefusedError(Refusal(_CODES[code], code, message, hint))


def render_refusal(refusal: Refusal, faults: JsonValue = None, position: int | None = None) -> JSONResponse:
    """The answer to a refused request; all errors of this API look like this."""
    error: dict[str, JsonValue] = {"code": refusal.code, "message": refusal.message, "hint": refusal.hint}
    if position is not None:
        error |= {"faults": faults, "position": position}
    return JSONResponse({"error": error, "status": refusal.status}, refusal.status)


def render_busy(message: str, log_id: str) -> JSONResponse:
    """The answer to a request for a job that has a live run, whose log id it tells."""
    hint = "wait for that run, or cancel it"
    error = {"code": "H013", "message": message, "hint": hint}
    return JSONResponse({"error": error, "log_id": log_id, "status": _CODES["H013"]}, _CODES["H013"])


def render_error(request: Request, error: Exception) -> JSONResponse:
    """The answer to an error that says itself what is wrong."""
    del request
    match error:
        case RefusedError():
            return render_refusal(error.refusal)
        case EventRejectedError():
            faults: JsonValue = [{"path": fault.path, "message": fault.message} for fault in error.faults]
            return render_refusal(Refusal(400, error.code, str(error), error.hint), faults, error.position)
        case LimitError():
            return render_refusal(Refusal(413, error.code, str(error)))
        case StoreError():
            hint = "nothing of this request was stored; send it again once the store works"
            return render_refusal(Refusal(503, error.code, str(error), hint))
        case HTTPException():
            return render_refusal(Refusal(error.status_code, f"H{error.status_code}", error.detail))
        case _:
            raise error


def render_fault(request: Request, error: Exception) -> JSONResponse:
    """The answer to a fault of ours; the details go to the log, not to the client."""
    _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return render_refusal(Refusal(500, "H500", "the server has a fault; its log says more"))
