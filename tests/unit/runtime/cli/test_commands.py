"""The commands that talk to a server, with the server's answers made up."""

import functools
import json
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from surestep.cli.main import surestep

SUMMARY = {
    "run_id": "01RUN",
    "function_id": "greet",
    "status": "completed",
    "triggered_by": "event",
    "created_at_ms": 1_700_000_000_000,
    "started_at_ms": 1_700_000_000_000,
    "ended_at_ms": 1_700_000_000_020,
}


class Server:
    """Answers every request alike and remembers it."""

    def __init__(self) -> None:
        self.answer: httpx.Response | Exception = httpx.Response(200, json={})
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    client = functools.partial(httpx.Client, transport=httpx.MockTransport(server))
    monkeypatch.setattr(httpx, "Client", client)
    return server


def run(*arguments: str) -> Result:
    return CliRunner().invoke(surestep, arguments)


def test_send_prints_the_ids(server: Server) -> None:
    server.answer = httpx.Response(200, json={"ids": ["01EVENT"], "status": 200})
    result = run("send", "demo/user.greeted", '{"name": "Ada"}', "--id", "once", "--key", "k/1")
    assert (result.exit_code, result.stdout) == (0, "01EVENT\n")
    request = server.requests[0]
    assert str(request.url) == "http://127.0.0.1:8288/e/k%2F1"
    assert json.loads(request.content) == {
        "name": "demo/user.greeted",
        "data": {"name": "Ada"},
        "id": "once",
        "ts": None,
    }


def test_data_that_is_not_json_is_a_usage_error_that_shows_how_to_quote(server: Server) -> None:
    result = run("send", "a", "{name: Ada}")
    assert result.exit_code == 2
    assert """put it in single quotes: '{"name": "Ada"}'""" in result.stderr
    assert server.requests == []


def test_a_refused_event_prints_each_fault_and_the_hint(server: Server) -> None:
    faults = [{"path": "data.name", "message": "is missing"}, {"path": "data.nmae", "message": "is unknown"}]
    message = "event 0 (a) refused: data.name: is missing; data.nmae: is unknown"
    error = {"code": "R500", "message": message, "hint": "see the spec", "faults": faults, "position": 0}
    server.answer = httpx.Response(400, json={"error": error, "status": 400})
    result = run("send", "a")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "error: event 0 (a) refused [R500]\n  data.name: is missing\n  data.nmae: is unknown\n  hint: see the spec\n"
    )
    assert len(server.requests) == 1, "a refusal is not tried again"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (httpx.ConnectError("refused"), "no server answers at http://127.0.0.1:8288"),
        (httpx.ReadTimeout("too slow"), "the server at http://127.0.0.1:8288 gave no answer: too slow"),
        (httpx.Response(404, text="<html>"), "http://127.0.0.1:8288 answered 404; is this a surestep server?"),
        (httpx.Response(200, text="<html>"), "http://127.0.0.1:8288 answered 200; is this a surestep server?"),
    ],
)
def test_without_a_fitting_server_one_sentence_says_so(
    server: Server, answer: httpx.Response | Exception, message: str
) -> None:
    server.answer = answer
    result = run("send", "a")
    assert result.exit_code == 3
    assert result.stderr.splitlines()[0] == f"error: {message}"


def test_no_server_comes_with_the_command_that_starts_one(server: Server) -> None:
    server.answer = httpx.ConnectError("refused")
    assert "hint: start one with `surestep dev`" in run("runs", "list").stderr


@pytest.mark.parametrize("url", ["ftp://x", "127.0.0.1:8288"])
def test_what_is_no_address_is_told(url: str) -> None:
    result = run("runs", "list", "--url", url)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (3, f"error: {url!r} is no address of a server")


def test_a_job_is_started_and_its_log_id_printed(server: Server) -> None:
    server.answer = httpx.Response(202, json={"log_id": "log-1", "run_id": "01RUN", "status": 202})
    result = run("jobs", "run", "shop/sync", '{"dryRun": true}', "--log-id", "log-1")
    assert (result.exit_code, result.stdout) == (0, "log-1\n")
    request = server.requests[0]
    assert str(request.url) == "http://127.0.0.1:8288/v1/jobs/shop/sync"
    assert json.loads(request.content) == {"options": {"dryRun": True}, "log_id": "log-1"}


def test_a_job_that_runs_already_ends_with_1_and_says_so(server: Server) -> None:
    error = {"code": "H013", "message": "job shop/sync is running already", "hint": "wait for that run"}
    server.answer = httpx.Response(409, json={"error": error, "log_id": "log-0", "status": 409})
    result = run("jobs", "run", "shop/sync")
    assert result.exit_code == 1
    assert "job shop/sync is running already [H013]" in result.stderr


@pytest.mark.parametrize("arguments", [("run", "sync"), ("run", "shop/sync", "{"), ("list", "sync")])
def test_wrong_arguments_of_jobs_end_with_2(server: Server, arguments: tuple[str, ...]) -> None:
    assert run("jobs", *arguments).exit_code == 2
    assert server.requests == []


def test_the_log_of_a_job_is_listed(server: Server) -> None:
    error = {"name": "ValueError", "message": "broken", "stack": ""}
    good = {"log_id": "a", "run_id": "01R", "status": "completed", "triggered_by": "cron", "created_at_ms": 0}
    good |= {"started_at_ms": 0, "ended_at_ms": 12, "stats": {"n": 1}}
    bad = {**good, "log_id": "b", "status": "failed", "triggered_by": "manual", "stats": None, "error": error}
    server.answer = httpx.Response(200, json={"runs": [good, bad]})
    result = run("jobs", "list", "shop/sync", "--limit", "5")
    assert result.stdout == (
        "log  status     by      created               took  stats or error\n"
        'a    completed  cron    1970-01-01 00:00:00Z  12ms  {"n": 1}\n'
        "b    failed     manual  1970-01-01 00:00:00Z  12ms  ValueError: broken\n"
    )
    assert str(server.requests[0].url) == "http://127.0.0.1:8288/v1/jobs/shop/sync?limit=5"
    assert json.loads(run("jobs", "list", "shop/sync", "--json").stdout) == [good, bad]


def test_runs_are_listed_in_aligned_columns_in_a_pipe(server: Server) -> None:
    server.answer = httpx.Response(200, json={"runs": [SUMMARY]})
    result = run("runs", "list", "--function", "greet", "--status", "completed", "--event", "01E", "--limit", "5")
    assert result.stdout == (
        "run    function  status     created               took\n"
        "01RUN  greet     completed  2023-11-14 22:13:20Z  20ms\n"
    )
    asked = {"function": "greet", "status": "completed", "event": "01E", "limit": "5"}
    assert dict(server.requests[0].url.params) == asked


def test_an_empty_list_says_so(server: Server) -> None:
    server.answer = httpx.Response(200, json={"runs": []})
    assert run("runs", "list").stdout == "no runs\n"


def test_json_output_is_what_the_server_said(server: Server) -> None:
    server.answer = httpx.Response(200, json={"runs": [SUMMARY]})
    assert json.loads(run("runs", "list", "--json").stdout) == [SUMMARY]


def test_a_run_is_shown_with_its_steps(server: Server) -> None:
    step: dict[str, Any] = {
        "key": "pay",
        "kind": "run",
        "status": "completed",
        "attempts": 2,
        "started_at_ms": 1_700_000_000_001,
        "ended_at_ms": 1_700_000_000_003,
        "error": None,
    }
    server.answer = httpx.Response(
        200, json={"run": SUMMARY, "events": [], "steps": [step], "result": 7, "error": None}
    )
    result = run("runs", "show", "01RUN")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-4:] == [
        "result    7",
        "",
        "step  kind  status     attempts  began  took  error",
        "pay   run   completed  2         +1ms   2ms",
    ]
    assert server.requests[0].url.path == "/v1/runs/01RUN"


def test_help_lists_the_commands_in_the_order_of_first_use() -> None:
    lines = run("--help").stdout.partition("Commands:\n")[2].splitlines()
    specs = "init check explain fmt generate sync lint doctor expand graph breaking export import"
    rest = "expr simulate dev serve send runs queue replay jobs db"
    assert [line.split()[0] for line in lines] == [*specs.split(), *rest.split()]


def test_without_the_dev_extra_its_commands_say_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="jinja2")

    monkeypatch.setattr("surestep.cli.main.import_module", missing)
    result = run("generate")
    assert result.exit_code == 3
    assert 'hint: pip install "surestep[dev]"' in result.stderr
