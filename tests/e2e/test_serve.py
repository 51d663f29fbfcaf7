"""The server for production: keys, no conveniences, no libraries of the extra `dev`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import httpx
import pytest
from tests.e2e.conftest import PATIENCE_S, SURESTEP, Project, Serve, Server, rewrite, send

EVENT_KEY, API_KEY = "event-key-0123456789", "api-key-0123456789"
WITHOUT_DEV = (
    "import sys; sys.modules.update(dict.fromkeys(['jinja2', 'libcst', 'mypy', 'watchfiles', 'yaml']));"
    "from surestep.cli.main import main; main()"
)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURESTEP_EVENT_KEYS", f"older-key-0123456789,{EVENT_KEY}")
    monkeypatch.setenv("SURESTEP_API_KEYS", API_KEY)


@pytest.fixture
def produce(project: Project) -> Iterator[Serve]:
    """Starts `surestep serve` on a free port; the project's commands then speak to it."""
    assert project.run("generate").returncode == 0
    servers: list[Server] = []

    def start(*options: str) -> Server:
        command = [sys.executable, "-c", WITHOUT_DEV, "serve", "--port", "0", "--store", "shop.db", *options]
        process = subprocess.Popen(command, cwd=project.root, stderr=subprocess.PIPE, text=True)
        servers.append(Server(process))
        line = servers[-1].await_line(" at http://")
        servers[-1].seen.append(line)
        project.url = line.partition(" at ")[2].partition(",")[0]
        return servers[-1]

    yield start
    for server in servers:
        server.end()


@pytest.mark.usefixtures("keys")
def test_it_serves_those_who_have_keys(project: Project, produce: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = produce()
    assert httpx.get(f"{project.url}/health", headers={"host": "shop.example"}, trust_env=False).is_success
    for command in (("runs", "list"), ("send", "demo/user.greeted", '{"name": "Ada"}')):
        assert project.run(*command).returncode == 1
    monkeypatch.setenv("SURESTEP_API_KEY", API_KEY)
    monkeypatch.setenv("SURESTEP_EVENT_KEY", EVENT_KEY)
    send(project)
    deadline = time.monotonic() + PATIENCE_S
    while "completed" not in project.run("runs", "list").stdout:
        assert time.monotonic() < deadline
    assert server.stop(signal.SIGTERM) == 0


@pytest.mark.usefixtures("keys")
def test_its_log_can_be_json(produce: Serve) -> None:
    server = produce("--log-format", "json")
    assert server.stop(signal.SIGTERM) == 0
    entry = json.loads(server.await_line("stopping"))
    assert entry.pop("time")[10] == "T"
    assert entry == {
        "level": "INFO",
        "logger": "surestep.server",
        "message": "stopping; a second signal stops at once",
    }


@pytest.mark.usefixtures("keys")
def test_it_does_not_start_on_an_older_store(project: Project) -> None:
    assert project.run("generate").returncode == 0
    schema = (Path(__file__).parents[1] / "crash" / "files" / "schema-1.sql").read_text()
    connection = apsw.Connection(str(project.root / "shop.db"))
    connection.execute(schema)
    connection.close()
    refused = project.run("serve", "--store", "shop.db", "--port", "0")
    assert (refused.returncode, "`surestep db migrate --store" in refused.stderr) == (3, True)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SURESTEP_EVENT_KEYS", "", "SURESTEP_EVENT_KEYS is not set: it has the keys that may send events"),
        ("SURESTEP_API_KEYS", " , ", "SURESTEP_API_KEYS is not set: it has the keys that may read and cancel runs"),
        (
            "SURESTEP_API_KEYS",
            "dev",
            "a key in SURESTEP_API_KEYS is not at least 16 letters, digits, '.', '_', '~' or '-'",
        ),
        ("SURESTEP_EVENT_KEYS", "a/b?c#0123456789", "a key in SURESTEP_EVENT_KEYS is not at least 16 letters, "),
    ],
)
@pytest.mark.usefixtures("keys")
def test_it_does_not_start_without_keys_that_are_worth_something(
    project: Project, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    refused = project.run("serve", "--store", "shop.db", "--port", "0")
    assert refused.returncode == 3
    assert refused.stderr.startswith(f"error: {message}")
    assert "secrets.token_urlsafe()" in refused.stderr


@pytest.mark.usefixtures("keys")
def test_it_does_not_start_outside_of_a_project(tmp_path: Path) -> None:
    command = [str(SURESTEP), "serve", "--store", "shop.db"]
    refused = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: there is no pyproject.toml here or in a folder above\n")


@pytest.mark.usefixtures("keys")
def test_wrong_settings_are_told_with_their_place(project: Project) -> None:
    rewrite(project.root / "pyproject.toml", "[tool.surestep]", '[tool.surestep]\nsynchronous = "off"')
    refused = project.run("serve", "--store", "shop.db", "--port", "0")
    assert (refused.returncode, "`synchronous` must be full or normal" in refused.stderr) == (1, True)
    assert refused.stderr.startswith("error: pyproject.toml:")


@pytest.mark.usefixtures("keys")
def test_a_store_that_is_new_is_called_so(project: Project, produce: Serve) -> None:
    server = produce()
    assert server.seen[-1].endswith(f"store {project.root / 'shop.db'} (new)\n")
    server.stop(signal.SIGTERM)
    assert produce().seen[-1].endswith(f"store {project.root / 'shop.db'}\n")
