"""Keeps web pages from talking to a server on this machine through the user's browser.

A page of any site may send requests to 127.0.0.1, and with a name that it lets point there (DNS rebinding) it may read
the answers. Such requests carry a foreign Host or Origin.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from surestep.http.refusals import refuse, render_refusal

__all__ = ["LOOPBACK_HOSTS", "HostGuard"]

LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class HostGuard:
    """Lets through only requests addressed to one of `hosts` and not made by a page of another one."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if _hostname(f"//{host}") in self.hosts and (origin is None or _hostname(origin) in self.hosts):
            await self.app(scope, receive, send)
            return
        foreign = f"Origin {origin!r}" if _hostname(f"//{host}") in self.hosts else f"Host {host!r}"
        hint = f"this server answers to {', '.join(sorted(self.hosts))} only"
        await render_refusal(refuse("H007", f"a request with {foreign} is refused", hint).refusal)(scope, receive, send)


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
