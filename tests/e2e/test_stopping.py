"""A server that is told to stop: the first signal lets bodies finish, the second does not; neither loses anything."""

import signal
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from tests.e2e.conftest import PATIENCE_S, Project, Serve, Server, rewrite, send

SLOW_BODY = """

async def write_greeting(name: str) -> str:
    with open("marks", "a") as marks:
        marks.write("began\\n")
    while not Path("go-on").exists():
        await asyncio.sleep(0.02)
    with open("marks", "a") as marks:
        marks.write("ended\\n")
    return f"Hello, {name}!"
"""


@pytest.fixture
def slow(handler: Path) -> None:
    """The first step's body takes until there is a file."""
    rewrite(handler, "from hello", "import asyncio\nfrom pathlib import Path\n\nfrom hello")
    rewrite(handler, "\n\n@greet_user", SLOW_BODY + "\n\n@greet_user")


def begin(project: Project, server: Server) -> None:
    send(project)
    deadline = time.monotonic() + PATIENCE_S
    while not (project.root / "marks").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_lets_a_body_finish_and_its_result_is_kept(
    project: Project,
    serve: Serve,
    slow: None,
    number: signal.Signals,
) -> None:
    server = serve("--no-reload")
    begin(project, server)
    server.process.send_signal(number)
    server.await_line("^stopping")
    (project.root / "go-on").touch()
    assert server.process.wait(PATIENCE_S) == 0
    assert (project.root / "marks").read_text() == "began\nended\n"

    serve("--no-reload")
    project.await_run("completed")
    assert (project.root / "marks").read_text() == "began\nended\n"


def test_the_second_signal_ends_it_at_once_and_the_next_server_takes_the_run_up(
    project: Project,
    serve: Serve,
    slow: None,
) -> None:
    server = serve("--no-reload")
    begin(project, server)
    server.process.send_signal(signal.SIGINT)
    server.await_line("^stopping")  # two signals at a time would be one
    with pytest.raises(subprocess.TimeoutExpired):
        server.process.wait(0.3)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(PATIENCE_S) != 0
    assert (project.root / "marks").read_text() == "began\n"
    (project.root / "go-on").touch()

    serve("--no-reload")
    project.await_run("completed")
    assert (project.root / "marks").read_text() == "began\nbegan\nended\n"


def test_what_is_sent_while_a_server_stops_is_refused_or_kept(
    project: Project,
    serve: Serve,
    slow: None,
) -> None:
    server = serve("--no-reload")
    begin(project, server)
    server.process.send_signal(signal.SIGINT)
    kept = sum(is_kept(project) for _ in range(20))
    (project.root / "go-on").touch()
    assert server.process.wait(PATIENCE_S) == 0

    serve("--no-reload")
    assert len(project.runs()) == 1 + kept


def is_kept(project: Project) -> bool:
    """Whether an event that is sent was accepted."""
    try:
        send(project)
    except httpx.HTTPError:
        return False
    return True


def test_commands_on_the_file_work_beside_the_server(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    send(project)
    project.await_run("completed")
    assert project.run("db", "check").stdout.startswith("0 faults; 0 live and 1 finished runs, ")
    assert project.run("db", "backup", "copy.db").returncode == 0
    assert project.run("db", "prune", "--older-than", "0s", "--dry-run").stdout.startswith("1 finished runs and ")
    refused = project.run("db", "prune")
    assert (refused.returncode, "is in use by process" in refused.stderr) == (3, True)


def test_sensitive_values_need_a_key_or_leave(
    project: Project,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rewrite(project.root / "specs" / "hello.yaml", "name: string", "name: {type: string, sensitive: true}")
    refused = project.run("dev", "--port", "0", "--no-reload")
    assert refused.returncode == 3
    assert "error: the specs have sensitive values, and the store would keep them in plain" in refused.stderr
    assert "hint: set SURESTEP_KEYS to what `surestep db new-key` prints" in refused.stderr

    monkeypatch.setenv("SURESTEP_KEYS", project.run("db", "new-key").stdout.strip())
    serve("--no-reload")
    assert project.run("send", "demo/user.greeted", '{"name": "Ada Lovelace"}').returncode == 0
    run = project.await_run("completed")
    assert '{"name": "***"}' in project.run("runs", "show", run["run_id"]).stdout
    events = b"".join(path.read_bytes() for path in (project.root / ".surestep").iterdir())
    assert b"Ada Lovelace" not in events
