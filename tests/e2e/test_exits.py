"""Handlers and bodies that want to end the process: it is their run that fails."""

from pathlib import Path

import pytest
from tests.e2e.conftest import Project, Serve, rewrite, send

IN_BODY = "\n\nasync def write_greeting(name: str) -> str:\n    raise {}\n\n\n@greet_user"
IN_HANDLER = "-> str:\n    raise {}\n    "


@pytest.mark.parametrize("error", ["SystemExit(7)", "KeyboardInterrupt"])
@pytest.mark.parametrize("where", ["body", "handler"])
def test_what_would_end_the_process_fails_the_run_and_the_server_goes_on(
    project: Project, serve: Serve, handler: Path, where: str, error: str
) -> None:
    rewrite(project.root / "specs" / "hello.yaml", "    triggers:", "    retries: 0\n    triggers:")
    if where == "body":
        rewrite(handler, "\n\n@greet_user", IN_BODY.format(error))
    else:
        rewrite(handler, "-> str:\n    ", IN_HANDLER.format(error))
    serve("--no-reload")
    send(project)
    run = project.await_run("failed")
    assert error.removesuffix("(7)") in project.run("runs", "show", run["run_id"]).stdout
