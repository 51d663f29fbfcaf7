"""Keeps a server running while its code changes: one child process at a time, on a socket that stays open.

On a change the specs are checked, the code is generated and a new child imports it. Only when all of that has worked
does the old child stop, after finishing what it has begun; requests meanwhile wait in the socket's queue.
"""

import itertools
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn, Self

import click
import watchfiles

from surestep.cli.preparation import Prepared
from surestep.cli.problem import ProblemError
from surestep.cli.service import GO, READY, SERVING, Service
from surestep.limits import DRAIN_MS

__all__ = ["supervise"]

_TICK_MS = 100
"""How often to look whether the child lives while nothing changes."""


def supervise(prepared: Prepared, prepare_again: Callable[[], Prepared], listener: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM, again on every change. Exits at once when the first child cannot serve."""
    signal.signal(signal.SIGTERM, _interrupt)
    child = _Child.spawn(prepared.service, listener)
    changed = watchfiles.watch(
        *prepared.watched, watch_filter=_Filter(prepared.generated), yield_on_timeout=True, rust_timeout=_TICK_MS
    )
    try:
        first = next(changed)  # from now on no change is missed
        if not (child.is_ready() and child.go()):
            sys.exit(child.process.wait())
        for changes in itertools.chain([first], changed):
            if changes:
                click.echo(f"\n{_named(changes)} changed", err=True)
                child = _renew(child, prepare_again, listener)
            else:
                child.tell_when_dead()
    except KeyboardInterrupt:
        click.echo("\nstopping; Ctrl-C again stops at once", err=True)
    finally:
        child.stop()


class _Filter(watchfiles.PythonFilter):
    """Python, YAML and TOML files and templates outside the generated package."""

    def __init__(self, generated: Path) -> None:
        super().__init__(ignore_paths=[generated], extra_extensions=(".yaml", ".yml", ".toml", ".jinja"))


@dataclass(slots=True)
class _Child:
    process: "subprocess.Popen[bytes]"
    control: socket.socket
    told: bool = False

    @classmethod
    def spawn(cls, service: Service, listener: socket.socket) -> Self:
        """Start a process, which imports the user's code and then waits."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = (listener.fileno(), theirs.fileno())
            arguments = [json.dumps(asdict(service)), *map(str, descriptors)]
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "surestep.cli.serve", *arguments],
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C reaches the supervisor only, which then ends the child in good order
            )
        return cls(process, ours)

    def is_ready(self) -> bool:
        """Wait until it has imported the user's code; False when it could not, which it has explained."""
        return self.control.recv(1) == READY

    def go(self) -> bool:
        """Let it open the store and serve; False when it could not, which it has explained."""
        self.control.sendall(GO)
        return self.control.recv(1) == SERVING

    def stop(self) -> None:
        """Let it finish what it has begun, but not for ever; a second Ctrl-C ends that."""
        self.process.terminate()
        try:
            self.process.wait(DRAIN_MS / 1000 + 1)
        except subprocess.TimeoutExpired:
            self.process.kill()
        except KeyboardInterrupt:
            self.process.kill()
            sys.exit(128 + signal.SIGINT)
        finally:
            self.process.wait()
            self.control.close()

    def tell_when_dead(self) -> None:
        """Say once that the child has died of itself."""
        status = self.process.poll()
        if status is not None and not self.told:
            click.echo(f"the server has stopped with status {status}; waiting for a change", err=True)
            self.told = True


def _renew(child: _Child, prepare_again: Callable[[], Prepared], listener: socket.socket) -> _Child:
    """The child that serves from now on: a new one, or the old one where the new code does not work."""
    try:
        successor = _Child.spawn(prepare_again().service, listener)
    except ProblemError as problem:
        problem.show()
    else:
        if successor.is_ready():
            child.stop()
            successor.go()
            return successor
        successor.stop()
    click.echo("not reloaded: the server goes on with the code it has", err=True)
    return child


def _named(changes: set[tuple[watchfiles.Change, str]]) -> str:
    names = sorted({Path(name) for _, name in changes})
    here = Path.cwd()
    first = names[0].relative_to(here) if names[0].is_relative_to(here) else names[0]
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else str(first)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
