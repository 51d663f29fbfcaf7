"""The engine as a process of its own, and its HTTP API as seen from outside."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from scripts.demo.problem import DemoError

__all__ = ["SURESTEP", "EngineProcess"]

SURESTEP: Final = str(Path(sys.executable).with_name("surestep"))

_START_S: Final = 30.0
_STOP_S: Final = 15.0
_POLL_S: Final = 0.05


class EngineProcess:
    """`surestep dev` on one store, started and killed as often as wanted.

    Args:
        project: the directory of the project to serve.
        directory: where its store and its output go.
        environment: variables for the process, besides our own.
    """

    def __init__(self, project: Path, directory: Path, environment: Mapping[str, str]) -> None:
        self.store = directory / "demo.db"
        self._log = directory / "engine.log"
        self._project = project
        self._environment = {**os.environ, **environment}
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=30, trust_env=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [SURESTEP, "dev", "--no-reload", "--port", str(self._port), "--store", str(self.store)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._project,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the demo, which then ends the engine itself
            )
        deadline = time.monotonic() + _START_S
        while not self._answers():
            self._check_alive()
            if time.monotonic() > deadline:
                raise DemoError(f"the engine does not answer after {_START_S:.0f} s\n{self._last_words()}")
            time.sleep(_POLL_S)

    def kill(self) -> None:
        """SIGKILL it and all it has started; nothing of it gets a chance to put anything in order."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Let it end in good order."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            raise DemoError(f"the engine did not stop within {_STOP_S:.0f} s of SIGTERM") from None
        self._process = None

    def close(self) -> None:
        """Leave no process behind, whatever has happened."""
        self.kill()
        self._client.close()

    def send(self, events: Sequence[Mapping[str, object]]) -> list[str]:
        """Send events in one request; returns the ids that the engine answers with."""
        ids: list[str] = self._ask("POST", "/e/demo", json=list(events))["ids"]
        return ids

    def count(self, status: str, *, most: int) -> int:
        """How many runs are in a status; not counted beyond `most`, so that asking is cheap."""
        return len(self._ask("GET", "/v1/runs", params={"status": status, "limit": most})["runs"])

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            response = self._client.request(method, path, **arguments)
        except httpx.HTTPError as error:
            self._check_alive()
            raise DemoError(f"{method} {path}: {str(error) or type(error).__name__}") from None
        if not response.is_success:
            raise DemoError(f"{method} {path} answered {response.status_code}: {response.text}")
        return response.json()

    def _answers(self) -> bool:
        try:
            return self._client.get("/health").is_success
        except httpx.HTTPError:
            return False

    def _check_alive(self) -> None:
        status = None if self._process is None else self._process.poll()
        if status is not None:
            raise DemoError(f"the engine ended by itself with status {status}\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
