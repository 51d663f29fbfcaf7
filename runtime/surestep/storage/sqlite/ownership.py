"""One owner per file: an operating-system lock on a file beside it, released by the system however the owner ends.

The lock file stays behind; deleting it while it is held would let a second owner in.
"""

import errno
import fcntl
import json
import os
import socket
import time
from pathlib import Path
from typing import Final

from surestep.errors import ConfigurationError

__all__ = ["release_lock", "take_lock"]

_held: Final[set[int]] = set()


def take_lock(path: Path) -> int:
    """Lock the store at `path`; returns what `release_lock` needs.

    Raises:
        ConfigurationError: another process, or this one, has the store open; or it cannot have but one owner here.
        OSError: the file may not be written, or the lock file cannot be made.
    """
    if path.exists() and not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))  # before SQLite makes files of the same mode
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if path.exists() and path.stat().st_nlink > 1:
        raise ConfigurationError(
            f"{path} has a second name (a hard link), under which another engine could open it", "remove one of the two"
        )
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    _held.add(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 1000, 0)
        release_lock(descriptor)
        raise ConfigurationError(
            f"{path} is in use by {_describe(holder)}",
            "one engine owns a store; stop that one, choose another path, or send over its HTTP API",
        ) from None
    except OSError as error:
        release_lock(descriptor)
        raise ConfigurationError(
            f"{path} lies where files cannot be locked ({error.strerror})", "put the store on a local disk"
        ) from None
    started = time.strftime("%Y-%m-%d %H:%M:%S %z")
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": started}).encode(), 0)
    return descriptor


def release_lock(descriptor: int) -> None:
    """Let go of the store."""
    _held.discard(descriptor)
    os.close(descriptor)


def _let_go_in_child() -> None:
    """A fork shares the lock, and one that outlives its parent, such as a worker of a step's body, would keep it."""
    while _held:
        os.close(_held.pop())


os.register_at_fork(after_in_child=_let_go_in_child)


def _describe(holder: bytes) -> str:
    try:
        said = json.loads(holder)
        return f"process {said['pid']} on {said['host']} since {said['since']}"
    except (ValueError, TypeError, KeyError):
        return "another process"  # it has the lock and has not said yet who it is
