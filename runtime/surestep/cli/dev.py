"""`surestep dev`: check, generate, and serve; with reload, again on every change."""

import errno
import socket
from pathlib import Path

import click

from surestep.cli.problem import ProblemError

__all__ = ["dev"]


@click.command
@click.option("--port", type=click.IntRange(0, 65535), default=8288, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    default=".surestep/dev.db",
    show_default=True,
    help="The SQLite file; made where it does not exist.",
)
@click.option("--reload/--no-reload", default=True, help="Watch specs and code; restart on a change.")
def dev(port: int, host: str, store: Path, *, reload: bool) -> None:
    """Check the specs, generate, and serve engine and HTTP API until Ctrl-C.

    With --no-reload everything runs in this one process, which is what a debugger wants.
    """
    from surestep.cli.preparation import prepare

    with _listen(host, port) as listener:
        prepared = prepare(store.absolute(), listener)
        if reload:
            from surestep.cli.supervise import supervise

            supervise(prepared, lambda: prepare(store.absolute(), listener, again=True), listener)
        else:
            from surestep.cli.serve import serve

            serve(prepared.service, listener)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = f"stop what uses it, or take another: surestep dev --port {port + 1}"
            raise ProblemError(f"port {port} on {host} is in use", hint) from None
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise ProblemError(f"cannot listen on {host} port {port}: {reason}") from None
    # asyncio sets this only on sockets made with an explicit protocol; without it each answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
