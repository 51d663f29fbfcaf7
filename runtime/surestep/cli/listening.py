"""Opens the socket that a server listens on."""

import errno
import socket

from surestep.cli.problem import ProblemError

__all__ = ["listen"]


def listen(host: str, port: int, command: str) -> socket.socket:
    """A listening socket.

    Args:
        host: address to listen on.
        port: 0 takes any free one.
        command: what was called, for the hint.

    Raises:
        ProblemError: the port is in use, or the address is none of this machine's.
    """
    if not host:
        raise ProblemError("the address to listen on is empty", "0.0.0.0 stands for all addresses of this machine")
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = f"stop what uses it, or take another: surestep {command} --port {port + 1}"
            raise ProblemError(f"port {port} on {host} is in use", hint) from None
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise ProblemError(f"cannot listen on {host} port {port}: {reason}") from None
    # asyncio sets this only on sockets made with an explicit protocol; without it each answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
