"""Keys that requests carry: an event key in the address allows to send, an API key in a header everything else.

They are two, because senders are many, and none of them should be able to read runs or to cancel them.
"""

import hmac
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from surestep.http.refusals import refuse, render_refusal

__all__ = ["ApiKeyGuard", "is_key", "is_known_key"]

_SENDING: Final = "/e/"
_OPEN: Final = frozenset({"/health"})
_KEY: Final = re.compile(r"[A-Za-z0-9._~-]+")


class ApiKeyGuard:
    """Lets through only requests with one of `keys`; sending has keys of its own, and anybody may ask for health."""

    def __init__(self, app: ASGIApp, keys: frozenset[str]) -> None:
        self.app = app
        self.keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, or pass the request on."""
        if scope["type"] != "http" or scope["path"] in _OPEN or scope["path"].startswith(_SENDING):
            await self.app(scope, receive, send)
            return
        kind, _, key = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and is_known_key(key.strip(), self.keys):
            await self.app(scope, receive, send)
            return
        message = "this API key is unknown" if key else "this request needs an API key"
        hint = "send the header `authorization: Bearer <key>`; commands take the key from SURESTEP_API_KEY"
        await render_refusal(refuse("H020", message, hint).refusal)(scope, receive, send)


def is_known_key(key: str, keys: frozenset[str]) -> bool:
    """Compares in constant time, so that the answer's delay does not tell how much of a guess was right."""
    return any([hmac.compare_digest(key.encode(), known.encode()) for known in keys])  # noqa: C419 -- looks at all


def is_key(text: str) -> bool:
    """Whether a text can be a key: letters, digits, `.`, `_`, `~` and `-`, which need no escape in addresses."""
    return _KEY.fullmatch(text) is not None
