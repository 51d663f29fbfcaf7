"""The backstop: what libraries do for handler code, seen by the interpreter's audit events.

Only what touches files, the network, processes and threads has such events; a clock has none.
"""

import os
import sys
import zoneinfo
from collections.abc import Mapping
from typing import Final

from surestep.guard.span import current_span
from surestep.guard.violations import first_party_caller, report
from surestep_dsl.effects import EFFECTS, Effect

__all__ = ["install_audit_hook"]

_EVENTS: Final[Mapping[str, Effect]] = {
    **dict.fromkeys(("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename"), EFFECTS["open"]),
    **dict.fromkeys(("os.rmdir", "os.truncate", "os.link", "os.symlink", "os.utime", "os.chmod"), EFFECTS["open"]),
    **dict.fromkeys(("sqlite3.connect", "tempfile.mkstemp", "tempfile.mkdtemp", "glob.glob"), EFFECTS["open"]),
    **dict.fromkeys(("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"), EFFECTS["socket.socket"]),
    **dict.fromkeys(("socket.bind", "socket.sendto", "socket.__new__"), EFFECTS["socket.socket"]),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"), EFFECTS["subprocess"]),
    **dict.fromkeys(("os.fork", "os.forkpty", "pty.spawn"), EFFECTS["subprocess"]),
    **dict.fromkeys(("os.putenv", "os.unsetenv"), EFFECTS["os.environ"]),
    "_thread.start_new_thread": EFFECTS["threading.Thread"],
    "time.sleep": EFFECTS["time.sleep"],
}


def install_audit_hook() -> None:
    """Watch from now on; an audit hook stays for the life of the process. Outside a span it costs a look-up."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in _EVENTS and not (event == "open" and _is_zone(arguments[0])):
        span = current_span.get()
        if span is None or not span.audits:
            return
        caller = first_party_caller(sys._getframe(1))  # noqa: SLF001 -- the frame that does it
        if caller is not None:
            report(span, _EVENTS[event], f"something that did {event}", caller)


def _is_zone(path: object) -> bool:
    """The zones of `zoneinfo` are read by C code, so no frame tells on whose behalf."""
    return isinstance(path, str) and (path.startswith(zoneinfo.TZPATH) or f"{os.sep}tzdata{os.sep}" in path)
