"""Keeps a server running while its code changes: one child process at a time, on a socket that stays open.

On a change the specs are checked, the code is generated and a new child imports it. Only when all of that has worked
does the old child stop, after finishing what it has begun; requests meanwhile wait in the socket's queue.
"""

import contextlib
import itertools
import json
import math
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final, Self

import click
import watchfiles

from surestep.cli.preparation import Prepared
from surestep.cli.problem import ProblemError
from surestep.cli.service import GO, READY, SERVING, Service
from surestep.limits import DRAIN_MS

__all__ = ["supervise"]

_TICK_MS = 100
"""How often to look whether the child lives while nothing changes."""

_LOOK_S: Final = 0.02
"""How often to look whether a child has ended that was told to."""

_PAUSE_S: Final = 1.0
"""Before a child that a signal has ended is started again; twice as long each time, lest a machine short of memory be
kept busy with it."""

_PAUSE_MAX_S: Final = 30.0
"""The longest such pause."""

_LIVED_S: Final = 60.0
"""A child that has lived for longer is no better or worse than the first."""


def supervise(prepared: Prepared, prepare_again: Callable[[], Prepared], listener: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM, again on every change. Exits at once when the first child cannot serve."""
    interrupts = _Interrupts()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupts.note)
    child = _Child.spawn(prepared.service, listener, interrupts)
    changed = watchfiles.watch(
        *prepared.watched, watch_filter=_Filter(prepared.generated), yield_on_timeout=True, rust_timeout=_TICK_MS
    )
    try:
        first = next(changed)  # from now on no change is missed
        if not (child.is_ready() and child.go()):
            sys.exit(child.process.wait())
        for changes in itertools.chain([first], changed):
            interrupts.check()
            if changes:
                click.echo(f"\n{_named(changes)} changed", err=True)
                child = _renew(child, prepare_again, listener)
            elif child.is_to_be_revived():
                child = _revive(child, listener)
    except KeyboardInterrupt:
        click.echo("\nstopping; Ctrl-C again stops at once", err=True)
    finally:
        child.stop()
    if interrupts.count > 1:
        sys.exit(128 + signal.SIGINT)


class _Filter(watchfiles.PythonFilter):
    """Python, YAML and TOML files and templates outside the generated package."""

    def __init__(self, generated: Path) -> None:
        super().__init__(ignore_paths=[generated], extra_extensions=(".yaml", ".yml", ".toml", ".jinja"))


@dataclass(slots=True)
class _Interrupts:
    """Counts how often Ctrl-C and SIGTERM ask for an end.

    An exception is raised only where the program listens to its child: raised elsewhere, it can leave a lock of `Popen`
    taken, and whoever then waits for the child waits for ever.
    """

    count: int = 0
    _is_listening: bool = False

    def note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self._is_listening:
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise what was noted."""
        if self.count:
            raise KeyboardInterrupt

    def listen(self, control: socket.socket) -> bytes:
        """A byte from the child."""
        self._is_listening = True
        try:
            self.check()
            return control.recv(1)
        finally:
            self._is_listening = False


@dataclass(slots=True)
class _Child:
    """A process that serves.

    Attributes:
        pause_s: how long to wait before it is started again, should a signal end it.
        revived_at: when that will be, by the monotonic clock; infinite when only a change can help.
    """

    service: Service
    process: "subprocess.Popen[bytes]"
    control: socket.socket
    interrupts: _Interrupts
    pause_s: float
    started_at: float = field(default_factory=time.monotonic)
    revived_at: float | None = None

    @classmethod
    def spawn(
        cls, service: Service, listener: socket.socket, interrupts: _Interrupts, pause_s: float = _PAUSE_S
    ) -> Self:
        """Start a process, which imports the user's code and then waits."""
        ours, theirs = socket.socketpair()
        with theirs:
            descriptors = (listener.fileno(), theirs.fileno())
            arguments = [json.dumps(asdict(service)), *map(str, descriptors)]
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "surestep.cli.serving", *arguments],
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C reaches the supervisor only, which then ends the child in good order
            )
        return cls(service, process, ours, interrupts, pause_s)

    def is_ready(self) -> bool:
        """Wait until it has imported the user's code; False when it could not, which it has explained."""
        return self.interrupts.listen(self.control) == READY

    def go(self) -> bool:
        """Let it open the store and serve; False when it could not, which it has explained."""
        self.interrupts.check()
        with contextlib.suppress(BrokenPipeError):  # it has died meanwhile
            self.control.sendall(GO)
        return self.interrupts.listen(self.control) == SERVING

    def stop(self) -> None:
        """Let it finish what it has begun, but not for ever; a second Ctrl-C ends that."""
        self.process.terminate()
        until = time.monotonic() + DRAIN_MS / 1000 + 1
        while self.process.poll() is None and self.interrupts.count < 2 and time.monotonic() < until:
            time.sleep(_LOOK_S)
        self.process.kill()
        self.process.wait()
        self.control.close()

    def is_to_be_revived(self) -> bool:
        """Whether a signal has ended it, and some time has passed; says what happens once it has ended."""
        status = self.process.poll()
        if status is None:
            return False
        if self.revived_at is None:
            if time.monotonic() - self.started_at > _LIVED_S:
                self.pause_s = _PAUSE_S
            self.revived_at = time.monotonic() + self.pause_s if status < 0 else math.inf
            ended = f"was ended by {_signal_name(-status)}" if status < 0 else f"has ended with status {status}"
            when = f"in {self.pause_s:.0f}s" if status < 0 else "when a file changes"
            click.echo(f"the server {ended}; it is started again {when}", err=True)
        return time.monotonic() >= self.revived_at


def _revive(child: _Child, listener: socket.socket) -> _Child:
    """A child in the place of one that a signal has ended, with the same code."""
    child.stop()
    successor = _Child.spawn(child.service, listener, child.interrupts, min(child.pause_s * 2, _PAUSE_MAX_S))
    if successor.is_ready():
        successor.go()
    return successor


def _renew(child: _Child, prepare_again: Callable[[], Prepared], listener: socket.socket) -> _Child:
    """The child that serves from now on: a new one, or the old one where the new code does not work."""
    try:
        successor = _Child.spawn(prepare_again().service, listener, child.interrupts)
    except ProblemError as problem:
        problem.show()
    else:
        if successor.is_ready():
            child.stop()
            successor.go()
            return successor
        successor.stop()
    lives = child.process.poll() is None
    end = "the server goes on with the code it has" if lives else "no server is running"
    click.echo(f"not reloaded: {end}", err=True)
    return child


def _named(changes: set[tuple[watchfiles.Change, str]]) -> str:
    names = sorted({Path(name) for _, name in changes})
    here = Path.cwd()
    first = names[0].relative_to(here) if names[0].is_relative_to(here) else names[0]
    return f"{first} and {len(names) - 1} more" if len(names) > 1 else str(first)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # as of most real-time signals
        return f"signal {number}"
