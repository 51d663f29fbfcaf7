"""Commands that do something to runs, with the server's answers made up."""

import functools
import json
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from surestep.cli.main import surestep


class Server:
    """Answers by path and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.url.path, json.loads(request.content) if request.content else None))
        return httpx.Response(200, json=self.answers[request.url.path])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    client = functools.partial(httpx.Client, transport=httpx.MockTransport(server))
    monkeypatch.setattr(httpx, "Client", client)
    return server


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(surestep, ["runs", *arguments], input=answer)


def done(run_id: str, reason: str | None = None, **more: str) -> dict[str, str | None]:
    return {"run_id": run_id, "reason": reason, **more}


def test_one_run_is_cancelled_without_a_question(server: Server) -> None:
    server.answers = {"/v1/runs/01A/cancel": {"run_id": "01A", "status": 200}}
    result = run("cancel", "01A")
    assert (result.exit_code, result.stdout) == (0, "run 01A was asked to stop\n")


def test_many_are_found_asked_about_and_then_exactly_these_are_meant(server: Server) -> None:
    server.answers = {
        "/v1/runs/find": {"run_ids": ["01B", "01A"]},
        "/v1/runs/cancel": {"runs": [done("01B"), done("01A")]},
    }
    result = run("cancel", "--function", "charge", "--if", "event.data.n > 1", answer="y\n")
    assert (result.exit_code, "cancel 2 runs?" in result.stderr) == (0, True)
    assert result.stdout == "run 01B was asked to stop\nrun 01A was asked to stop\n"
    assert server.asked == [
        ("/v1/runs/find", {"function": "charge", "if": "event.data.n > 1", "live": True}),
        ("/v1/runs/cancel", {"run_ids": ["01B", "01A"]}),
    ]


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_without_consent_nothing_is_done(server: Server, answer: str) -> None:
    server.answers = {"/v1/runs/find": {"run_ids": ["01B", "01A"]}}
    result = run("cancel", "--status", "waiting", answer=answer)
    assert (result.exit_code, [path for path, _ in server.asked]) == (1, ["/v1/runs/find"])


def test_very_many_are_asked_for_in_several_requests(server: Server) -> None:
    found = [f"01{number:03}" for number in range(250)]
    server.answers = {"/v1/runs/find": {"run_ids": found}, "/v1/runs/cancel": {"runs": []}}
    assert run("cancel", "--status", "waiting", "--yes").exit_code == 0
    assert [len(asked["run_ids"]) for path, asked in server.asked if path == "/v1/runs/cancel"] == [100, 100, 50]


def test_a_dry_run_only_counts(server: Server) -> None:
    server.answers = {"/v1/runs/find": {"run_ids": ["01A"]}}
    assert run("retry", "01A", "--dry-run").stdout == "1 run would be asked to go on\n"
    assert run("replay", "--since", "2026-07-01T12:00Z", "--dry-run").stdout == "1 run would be done again\n"
    assert server.asked[1] == ("/v1/runs/find", {"since": 1_782_907_200_000, "live": False})


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("cancel", {"live": True}),
        ("retry", {"status": "blocked"}),
        ("retry --from pay", {"live": False}),
        ("replay", {"live": False}),
    ],
)
def test_where_no_status_is_stated_those_are_meant_that_something_can_be_done_to(
    server: Server, command: str, meant: dict[str, Any]
) -> None:
    server.answers = {"/v1/runs/find": {"run_ids": []}}
    assert run(*command.split(), "--function", "charge").stdout == "no runs are meant\n"
    assert run(*command.split(), "--function", "charge", "--status", "failed").exit_code == 0
    assert [asked for _, asked in server.asked] == [
        {"function": "charge", **meant},
        {"function": "charge", "status": "failed"},
    ]


def test_yes_asks_nothing_and_what_stood_against_it_is_told(server: Server) -> None:
    server.answers = {
        "/v1/runs/find": {"run_ids": ["01B", "01A"]},
        "/v1/runs/retry": {"runs": [done("01B"), done("01A", "run 01A is failed")]},
    }
    result = run("retry", "01B", "01A", "--yes")
    assert (result.exit_code, result.stdout) == (1, "run 01B was asked to go on\nrun 01A is failed\n")


def test_a_run_is_done_again_from_a_step_with_another_input(server: Server) -> None:
    server.answers = {"/v1/runs/01A/replay": {"run_id": "01A", "new_run_id": "01C", "status": 200}}
    result = run("retry", "01A", "--from", "charge", "--input", '{"amount": 5}')
    assert (result.exit_code, result.stdout) == (0, "run 01A was done again as run 01C\n")
    assert server.asked == [("/v1/runs/01A/replay", {"step": "charge", "data": {"amount": 5}})]


def test_failed_runs_are_done_again_together(server: Server) -> None:
    server.answers = {
        "/v1/runs/find": {"run_ids": ["01A"]},
        "/v1/runs/replay": {"runs": [done("01A", new_run_id="01C")]},
    }
    result = run("replay", "--status", "failed", "--yes")
    assert (result.exit_code, result.stdout) == (0, "run 01A was done again as run 01C\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cancel",), "say which runs are meant"),
        (("retry", "01A", "--input", "{}"), "--input goes with --from"),
        (("replay", "01A", "--input", "{"), "not JSON"),
        (("cancel", "--since", "soon"), "'soon' is neither an age such as 2h nor an instant"),
    ],
)
def test_wrong_arguments_are_told(server: Server, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr
    assert server.asked == []
