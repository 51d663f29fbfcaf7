"""The real command on a real port and a real file, in the project that `surestep init` writes."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

PATIENCE_S = 180.0
"""What hangs must fail, and nothing that is only slow."""

SURESTEP = Path(sys.executable).parent / "surestep"


@dataclass
class Project:
    """A project directory, and the command run in it."""

    root: Path
    url: str = ""

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"SURESTEP_URL": self.url}
        return subprocess.run(
            [SURESTEP, *arguments], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/v1/runs", trust_env=False, timeout=PATIENCE_S).json()[
            "runs"
        ]
        return found

    def await_run(self, status: str) -> dict[str, Any]:
        """The newest run, once it is in a status."""
        deadline = time.monotonic() + PATIENCE_S
        while not (runs := self.runs()) or runs[0]["status"] != status:
            assert time.monotonic() < deadline, f"not {status} in time: {runs}"
            time.sleep(0.02)
        return runs[0]


@dataclass
class Server:
    """`surestep dev` or `serve`, and what it says on stderr."""

    process: "subprocess.Popen[str]"
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.put(line)

    def await_line(self, pattern: str) -> str:
        """The next line that matches."""
        while not re.search(pattern, line := self.lines.get(timeout=PATIENCE_S)):
            self.seen.append(line)
        return line

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)

    def end(self) -> None:
        """Kill it, unless it has ended; what it had started ends with it, and is waited for."""
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE_S)
        assert not self.reader.is_alive()
        if self.process.stderr:
            self.process.stderr.close()


Serve: TypeAlias = Callable[..., Server]


@pytest.fixture(scope="session")
def created(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("created")
    assert Project(folder).run("init", "hello").returncode == 0
    return folder / "hello"


@pytest.fixture
def project(created: Path, tmp_path: Path) -> Project:
    return Project(shutil.copytree(created, tmp_path / "hello"))


@pytest.fixture
def serve(project: Project) -> Iterator[Serve]:
    """Starts `surestep dev` on a free port; the project's commands then speak to it."""
    servers: list[Server] = []

    def start(*options: str) -> Server:
        process = subprocess.Popen(
            [SURESTEP, "dev", "--port", "0", *options], cwd=project.root, stderr=subprocess.PIPE, text=True
        )
        servers.append(Server(process))
        project.url = servers[-1].await_line("^  address").split()[1]
        return servers[-1]

    yield start
    for server in servers:
        server.end()


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    put(path, text.replace(old, new))


def put(path: Path, text: str) -> None:
    """Write a file in one piece: a server that watches it sees one change, and never half of it."""
    path.with_suffix(".next").write_text(text)
    path.with_suffix(".next").replace(path)


@pytest.fixture
def handler(project: Project) -> Path:
    return project.root / "hello" / "handlers" / "greet_user.py"


@pytest.fixture
def waiting(project: Project, handler: Path) -> None:
    """The run waits for `demo/user.left`, and not for a second that may be over before anybody looks."""
    rewrite(project.root / "specs" / "hello.yaml", "events:\n", "events:\n  demo/user.left: {data: {name: string}}\n")
    rewrite(handler, "from hello", "from hello.contract.events import DemoUserLeft\nfrom hello")
    rewrite(handler, 'sleep("a-moment", "1s")', 'wait_for_event("a-moment", DemoUserLeft, timeout="1h")')


def send(project: Project, event: str = "demo/user.greeted") -> None:
    """As `surestep send` does, without starting it."""
    key = os.environ.get("SURESTEP_EVENT_KEY", "dev")
    body = {"name": event, "data": {"name": "Ada"}}
    httpx.post(f"{project.url}/e/{key}", json=body, trust_env=False, timeout=PATIENCE_S).raise_for_status()
