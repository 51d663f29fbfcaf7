import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import watchfiles

from surestep.cli.preparation import Prepared
from surestep.cli.service import READY, SERVING, Service
from surestep.cli.supervise import supervise

SERVES_ON = f"""
import signal, socket, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
control = socket.socket(fileno=int(sys.argv[1]))
control.sendall({READY!r})
control.recv(1)
control.sendall({SERVING!r})
time.sleep(3600)
"""


@pytest.fixture(autouse=True)
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Those that were started: they serve on when they are told to stop."""
    children: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def spawn(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        children.append(popen([sys.executable, "-c", SERVES_ON, command[-1]], **options))
        return children[-1]

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(subprocess, "Popen", spawn)
    yield children
    for number, handler in before.items():
        signal.signal(number, handler)
    for child in children:
        child.kill()
        child.wait()


@pytest.fixture
def start(tmp_path: Path) -> Callable[[], None]:
    service = Service(str(tmp_path), "shop.contract", str(tmp_path / "dev.db"), "")
    prepared = Prepared(service, (tmp_path,), tmp_path / "contract")

    def start() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            supervise(prepared, lambda: prepared, listener)

    return start


def test_a_second_ctrl_c_ends_the_server_at_once_wherever_it_strikes(
    start: Callable[[], None], children: list["subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(*_: object, **__: object) -> Iterator[set[object]]:
        yield set()
        signal.raise_signal(signal.SIGINT)
        yield set()

    monkeypatch.setattr(watchfiles, "watch", watch)
    monkeypatch.setattr(click, "echo", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    with pytest.raises(SystemExit) as ended:
        start()
    assert (ended.value.code, [child.returncode for child in children]) == (130, [-signal.SIGKILL])
