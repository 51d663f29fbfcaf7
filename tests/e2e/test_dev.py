"""The real command on a real port and a real file, in the project that `surestep init` writes.

First a newcomer's first steps and mistakes, then what a server survives: changes, mistakes in changes, Ctrl-C, and
being killed.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import PATIENCE_S, Project, Serve, Server, put, rewrite, send


def test_a_first_project_is_right_as_it_is(project: Project) -> None:
    assert project.run("check", "--strict").stdout == "no problems in 1 file\n"
    assert project.run("generate").returncode == 0
    assert project.run("generate", "--check").returncode == 0
    types = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=project.root, capture_output=True, text=True, check=False
    )
    assert types.stdout.startswith("Success: no issues found"), types.stdout


def test_an_event_becomes_a_run_that_can_be_looked_at(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    sent = project.run("send", "demo/user.greeted", '{"name": "Ada"}')
    assert sent.returncode == 0
    run = project.await_run("completed")
    shown = json.loads(project.run("runs", "show", run["run_id"], "--json").stdout)
    assert shown["result"] == "Hello, Ada!"
    assert [(step["key"], step["kind"], step["status"]) for step in shown["steps"]] == [
        ("write-greeting", "run", "completed"),
        ("a-moment", "sleep", "completed"),
    ]
    assert [event["event_id"] for event in shown["events"]] == sent.stdout.split()
    assert "write-greeting" in project.run("runs", "show", run["run_id"]).stdout


def test_an_event_that_does_not_fit_is_refused_with_the_place(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    for name, data, message in (
        ("demo/user.greated", "{}", "hint: did you mean demo/user.greeted?"),
        ("demo/user.greeted", "{}", "data.name: "),
        ("demo/user.greeted", '{"name": 1}', "data.name: "),
        ("demo/user.greeted", '{"name": "Ada", "nmae": "Bob"}', "data.nmae: "),
    ):
        refused = project.run("send", name, data)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert message in refused.stderr
    assert project.runs() == []


def test_limits_are_settings(project: Project, serve: Serve) -> None:
    with (project.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[tool.surestep.limits]\nevent_bytes = 20\nsteps_per_run = 1\n")
    serve("--no-reload")
    refused = project.run("send", "demo/user.greeted", '{"name": "Ada Lovelace"}')
    assert "23 bytes; the limit EVENT_BYTES is 20" in refused.stderr
    project.run("send", "demo/user.greeted", '{"name": "Ada"}')
    failed = project.await_run("failed")
    shown = json.loads(project.run("runs", "show", failed["run_id"], "--json").stdout)
    assert shown["error"]["message"] == "the run made more than 1 steps (limit STEPS_PER_RUN)"


def test_a_port_in_use_is_named(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    port = project.url.rpartition(":")[2]
    second = project.run("dev", "--port", port, "--store", "other.db")
    assert second.returncode == 3
    assert second.stderr.splitlines() == [
        f"error: port {port} on 127.0.0.1 is in use",
        f"  hint: stop what uses it, or take another: surestep dev --port {int(port) + 1}",
    ]


def test_a_second_engine_on_one_file_says_who_holds_it(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    second = project.run("dev", "--port", "0")
    assert second.returncode == 3
    assert "dev.db is in use by process" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_store_that_cannot_be_made_is_told(project: Project) -> None:
    refused = project.run("dev", "--port", "0", "--store", "pyproject.toml/dev.db", "--no-reload")
    assert refused.returncode == 3
    assert "pyproject.toml/dev.db" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("reload", ["--reload", "--no-reload"])
def test_a_handler_that_is_missing_is_named_before_anything_is_served(project: Project, reload: str) -> None:
    handler = project.root / "hello" / "handlers" / "greet_user.py"
    handler.write_text(handler.read_text().replace("async def handle(", "async def handel("))
    refused = project.run("dev", "--port", "0", reload)
    assert refused.returncode == 1
    assert "error: function greet-user needs 'handle' in hello.handlers.greet_user" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_typo_in_a_spec_is_shown_with_its_line_and_the_right_word(project: Project) -> None:
    spec = project.root / "specs" / "hello.yaml"
    spec.write_text(spec.read_text().replace("triggers:", "trigers:"))
    for command in (["check"], ["generate"], ["dev", "--port", "0"]):
        refused = project.run(*command)
        output = refused.stdout + refused.stderr
        assert refused.returncode == 1
        assert "specs/hello.yaml:16:5: error[S101]" in output
        assert "hint: did you mean `triggers`?" in output


MARKING_BODY = """
def write_greeting(name: str) -> str:
    with open("marks", "a") as marks:
        marks.write("ran\\n")
    return f"Hello, {name}!"
"""


def test_a_run_goes_on_after_kill_9_and_repeats_no_finished_step(
    project: Project, serve: Serve, handler: Path, waiting: None
) -> None:
    rewrite(handler, "\n\n@greet_user", MARKING_BODY + "\n\n@greet_user")
    server = serve("--no-reload")
    send(project)
    project.await_run("waiting")
    server.stop(signal.SIGKILL)
    serve("--no-reload")
    send(project, "demo/user.left")
    project.await_run("completed")
    assert (project.root / "marks").read_text() == "ran\n"


def test_a_run_whose_handler_changed_is_blocked_until_fitting_code_is_back(
    project: Project, serve: Serve, handler: Path, waiting: None
) -> None:
    server = serve()
    send(project)
    run_id = project.await_run("waiting")["run_id"]
    rewrite(handler, '"write-greeting"', '"compose-greeting"')
    server.await_line("^reloaded")
    send(project, "demo/user.left")
    project.await_run("blocked")
    shown = project.run("runs", "show", run_id).stdout
    assert 'history: run             "write-greeting"' in shown
    assert 'handler: run             "compose-greeting"' in shown

    rewrite(handler, '"compose-greeting"', '"write-greeting"')
    server.await_line("^reloaded")
    assert project.run("runs", "retry", run_id).stdout == f"run {run_id} was asked to go on\n"
    project.await_run("completed")
    assert "only a blocked run can be tried again [H011]" in project.run("runs", "retry", run_id).stderr


def test_a_run_can_be_cancelled_by_command(project: Project, serve: Serve, handler: Path) -> None:
    rewrite(handler, '"1s"', '"1h"')
    serve("--no-reload")
    send(project)
    run_id = project.await_run("waiting")["run_id"]
    assert project.run("runs", "cancel", run_id).returncode == 0
    project.await_run("cancelled")


def test_a_change_of_a_handler_is_served_without_a_restart_by_hand(
    project: Project, serve: Serve, handler: Path
) -> None:
    server = serve()
    rewrite(handler, "Hello, ", "Good day, ")
    server.await_line("^hello/handlers/greet_user.py changed")
    server.await_line("^reloaded: 1 event, 1 function")
    send(project)
    run = project.await_run("completed")
    assert '"Good day, Ada!"' in project.run("runs", "show", run["run_id"]).stdout


def test_a_change_of_a_spec_is_checked_and_generated(project: Project, serve: Serve) -> None:
    server = serve()
    rewrite(project.root / "specs" / "hello.yaml", "events:\n", "events:\n  demo/user.left: {data: {name: string}}\n")
    server.await_line("^reloaded: 2 events, 1 function")
    assert project.run("send", "demo/user.left", '{"name": "Ada"}').returncode == 0


def test_while_a_handler_cannot_be_imported_the_old_code_is_served(
    project: Project, serve: Serve, handler: Path
) -> None:
    server = serve()
    good = handler.read_text()
    put(handler, good + "def broken(:\n")
    server.await_line(r"^error: hello/handlers/greet_user.py:\d+:\d+: ")
    server.await_line("^not reloaded: the server goes on with the code it has")
    send(project)
    put(handler, good)
    server.await_line("^reloaded")


def test_while_a_spec_is_wrong_the_old_code_is_served(project: Project, serve: Serve) -> None:
    server = serve()
    rewrite(project.root / "specs" / "hello.yaml", "triggers:", "trigers:")
    server.await_line(r"^specs/hello.yaml:16:5: error\[S101\]")
    server.await_line("^not reloaded")
    send(project)


@pytest.mark.parametrize("reload", ["--reload", "--no-reload"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_stops_in_good_order(serve: Serve, project: Project, reload: str, number: signal.Signals) -> None:
    server = serve(reload)
    assert server.stop(number) == 0
    assert project.run("runs", "list").returncode == 3


@pytest.mark.parametrize("reload", ["--reload", "--no-reload"])
def test_a_second_ctrl_c_does_not_wait_for_a_body(project: Project, serve: Serve, handler: Path, reload: str) -> None:
    body = '\nasync def write_greeting(name: str) -> str:\n    await asyncio.sleep(3600)\n    return ""\n'
    rewrite(handler, "\n\n@greet_user", body + "\n\n@greet_user")
    rewrite(handler, "from hello", "import asyncio\n\nfrom hello")
    server = serve(reload)
    send(project)
    project.await_run("running")
    server.process.send_signal(signal.SIGINT)
    server.await_line("^stopping")  # two signals at a time would be one
    with pytest.raises(subprocess.TimeoutExpired):
        server.process.wait(0.3)
    assert server.stop(signal.SIGINT) != 0


def test_the_server_does_not_outlive_a_killed_supervisor(project: Project, serve: Serve) -> None:
    server = serve()
    server.stop(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while project.run("runs", "list").returncode == 0:
        assert time.monotonic() < deadline


def test_a_server_that_is_killed_is_started_again(project: Project, serve: Serve) -> None:
    server = serve()
    send(project)
    project.await_run("completed")
    os.kill(child_of(server), signal.SIGKILL)
    server.await_line("^the server was ended by SIGKILL; it is started again in 1s$")
    server.await_line("^  address")
    assert project.await_run("completed")
    assert server.stop() == 0


def test_a_server_that_has_ended_is_started_again_by_a_change_that_works(
    project: Project, serve: Serve, handler: Path
) -> None:
    good = handler.read_text()
    rewrite(handler, "\n\n@greet_user", "\n\ndef write_greeting(name: str) -> str:\n    os._exit(7)\n\n\n@greet_user")
    rewrite(handler, "from hello", "import os\n\nfrom hello")
    server = serve()
    send(project)
    server.await_line("^the server has ended with status 7; it is started again when a file changes$")
    put(handler, "def broken(:\n")
    server.await_line("^not reloaded: no server is running$")
    put(handler, good)
    server.await_line("^reloaded")
    project.await_run("completed")


def child_of(server: Server) -> int:
    pid = server.process.pid
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
