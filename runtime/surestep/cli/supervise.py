"""Keeps a server running while its code changes: one child process at a time, on a socket that stays open.

On a change the specs are checked, the code is generated and a new child imports it. Only when all of that has worked
does the old child stop, after finishing what it has begun; requests meanwhile wait in the socket's queue.
"""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
import watchfiles

from surestep.cli.preparation import Prepared
from surestep.cli.problem import Exit, ProblemError
from surestep.cli.service import GO, READY, SERVING, Service
from surestep.limits import DRAIN_MS

__all__ = ["supervise"]


def supervise(prepared: Prepared, prepare_again: Callable[[], Prepared], listener: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM, again on every change. Exits at once when the first child cannot serve."""
    signal.signal(signal.SIGTERM, _interrupt)
    child = _start(prepared.service, listener)
    if child is None or not child.go():
        sys.exit(child.process.wait() if child else Exit.FINDINGS)
    changed = watchfiles.watch(
        *prepared.watched, watch_filter=_Filter(prepared.generated), yield_on_timeout=True, rust_timeout=1000
    )
    try:
        for changes in changed:
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
    """Python, YAML and TOML files outside the generated package."""

    def __init__(self, generated: Path) -> None:
        super().__init__(ignore_paths=[generated], extra_extensions=(".yaml", ".yml", ".toml"))


@dataclass(slots=True)
class _Child:
    process: "subprocess.Popen[bytes]"
    control: socket.socket
    told: bool = False

    def go(self) -> bool:
        """Let it open the store and serve; False when it could not, which it has explained."""
        self.control.sendall(GO)
        return self.control.recv(1) == SERVING

    def stop(self) -> None:
        """Let it finish what it has begun, but not for ever; a second Ctrl-C ends that."""
        self.process.terminate()
        try:
            self.process.wait(DRAIN_MS / 1000)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self.process.kill()
            self.process.wait()
        self.control.close()

    def tell_when_dead(self) -> None:
        """Say once that the child has died of itself."""
        status = self.process.poll()
        if status is not None and not self.told:
            click.echo(f"the server has stopped with status {status}; waiting for a change", err=True)
            self.told = True


def _start(service: Service, listener: socket.socket) -> _Child | None:
    """A child that has imported the user's code; None where it could not, which it has explained."""
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
    child = _Child(process, ours)
    if ours.recv(1) != READY:
        child.stop()
        return None
    return child


def _renew(child: _Child, prepare_again: Callable[[], Prepared], listener: socket.socket) -> _Child:
    """The child that serves from now on: a new one, or the old one where the new code does not work."""
    try:
        successor = _start(prepare_again().service, listener)
    except ProblemError as problem:
        problem.show()
        successor = None
    if successor is None:
        click.echo("not reloaded: the server goes on with the code it has", err=True)
        return child
    child.stop()
    successor.go()
    return successor


def _named(changes: set[tuple[watchfiles.Change, str]]) -> str:
    names = sorted({Path(name) for _, name in changes})
    here = Path.cwd()
    first = names[0].relative_to(here) if names[0].is_relative_to(here) else names[0]
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else str(first)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
