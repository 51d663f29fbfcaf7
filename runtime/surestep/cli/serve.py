"""`surestep serve`: the server for production, of code that is generated and checked elsewhere."""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from surestep.cli.listening import listen
from surestep.cli.problem import FindingError, ProblemError

if TYPE_CHECKING:
    import socket

    from surestep.cli.service import Service
    from surestep_dsl.settings import Settings

__all__ = ["serve"]

_KEY_CHARS: Final = 16
"""Characters of a key at least: fewer could be guessed."""

_NEW_KEY: Final = "`python -c 'import secrets; print(secrets.token_urlsafe())'` makes one; a comma separates several"

_logger = logging.getLogger("surestep.server")


@click.command
@click.option("--store", type=click.Path(path_type=Path, dir_okay=False), envvar="SURESTEP_STORE", required=True,
              help="The SQLite file; made where it does not exist.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=8288, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="How to log to stderr: for people, or an object per line.")  # fmt: skip
def serve(store: Path, port: int, host: str, log_format: Literal["text", "json"]) -> None:
    """Serve engine and HTTP API in production until SIGTERM, from generated code as it is.

    Needs the keys that may send in SURESTEP_EVENT_KEYS, and the keys that may do all else in SURESTEP_API_KEYS. There
    is one process: exactly one engine owns a store.
    """
    from surestep.cli.service import Access
    from surestep.cli.serving import serve as run

    access = Access(_keys("SURESTEP_EVENT_KEYS", "send events"), _keys("SURESTEP_API_KEYS", "read and cancel runs"))
    settings = _load_settings()
    _set_up_logging(log_format)
    with listen(host, port, "serve") as listener:
        run(
            _service_of(settings, store.absolute(), listener),
            listener,
            access=access,
            say=lambda text: _logger.info(text.strip()),
        )


def _keys(variable: str, purpose: str) -> frozenset[str]:
    from surestep.http.keys import is_key

    found = frozenset(os.environ.get(variable, "").replace(",", " ").split())
    if not found:
        raise ProblemError(f"{variable} is not set: it has the keys that may {purpose}", _NEW_KEY)
    if not all(is_key(key) and len(key) >= _KEY_CHARS for key in found):
        wanted = f"at least {_KEY_CHARS} letters, digits, '.', '_', '~' or '-'"
        raise ProblemError(f"a key in {variable} is not {wanted}", _NEW_KEY)
    return found


def _load_settings() -> "Settings":
    from surestep_dsl.settings import Settings, load_settings

    settings = load_settings(Path.cwd())
    if isinstance(settings, Settings):
        return settings
    first = settings[0]
    place = "" if first.code == "P101" else f"{first.span.file}:{first.span.line}: "
    raise FindingError(f"{place}{first.message}", first.hint)


def _service_of(settings: "Settings", store: Path, listener: "socket.socket") -> "Service":
    from dataclasses import replace

    from surestep.cli.service import address_of, service_of
    from surestep_dsl.settings import find_source

    age = "" if store.exists() else " (new)"  # who has mistyped the path should see why there are no runs
    banner = f"serving {settings.package} at {address_of(listener)}, store {store}{age}"
    service = service_of(settings, find_source(settings), store, banner)
    return replace(service, guard="light") if service.guard == "strict" else service


def _set_up_logging(log_format: Literal["text", "json"]) -> None:
    if log_format == "json":
        from surestep.cli.json_log import JsonFormatter

        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logging.basicConfig(level=logging.INFO, handlers=[handler])
