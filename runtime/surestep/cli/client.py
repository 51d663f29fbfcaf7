"""Talks to a server's HTTP API and turns every way in which that can fail into a sentence."""

import json
import os
from collections.abc import Mapping
from typing import Any

import click

from surestep.cli.problem import FindingError, ProblemError

__all__ = ["request", "url_option"]

url_option = click.option(
    "--url", default="http://127.0.0.1:8288", envvar="SURESTEP_URL", show_default=True, help="The server."
)


def request(
    method: str, url: str, path: str, *, content: bytes | None = None, params: Mapping[str, str | int] | None = None
) -> bytes:
    """The body of a successful answer. The API key in SURESTEP_API_KEY is sent with the request.

    Raises:
        ProblemError: there is no server, it refuses, or it is no surestep server.
    """
    import httpx

    headers = {"content-type": "application/json"} if content is not None else {}
    if key := os.environ.get("SURESTEP_API_KEY"):
        headers["authorization"] = f"Bearer {key}"
    # A proxy named in the environment does not know the servers this is for.
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        try:
            response = client.request(method, path, content=content, params=params, headers=headers)
        except httpx.ConnectError:
            raise ProblemError(
                f"no server answers at {url}", "start one with `surestep dev`, or name it with --url"
            ) from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise ProblemError(f"{url!r} is no address of a server", "it looks like http://127.0.0.1:8288") from None
        except httpx.HTTPError as error:
            raise ProblemError(f"the server at {url} gave no answer: {str(error) or type(error).__name__}") from None
    if not response.is_success or response.headers["content-type"] != "application/json":
        raise _refusal(url, response.status_code, response.content)
    return response.content


def _refusal(url: str, status: int, body: bytes) -> ProblemError:
    try:
        error: dict[str, Any] = json.loads(body)["error"]
        message, hint, faults = f"{error['message']} [{error['code']}]", error["hint"], error.get("faults", [])
        details = tuple(f"{fault['path'] or 'event'}: {fault['message']}" for fault in faults)
    except (ValueError, KeyError, TypeError):
        return ProblemError(f"{url} answered {status}; is this a surestep server?")
    if details:
        message = message.partition(": ")[0] + f" [{error['code']}]"
    kind = FindingError if status < 500 else ProblemError
    return kind(message, hint, details=details)
