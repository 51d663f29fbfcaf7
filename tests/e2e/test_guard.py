"""A clock between steps, in the project that `surestep init` writes: seen, told, mended; and the guard switched off."""

from pathlib import Path

import pytest
from tests.e2e.conftest import Project, Serve, send

SAID = "D101 handler code called time.time (clock) at "


@pytest.fixture
def careless(handler: Path) -> Path:
    text = handler.read_text()
    place = text.index("    ", text.index("async def "))
    handler.write_text(f"import time\n\n{text[:place]}    time.time()\n{text[place:]}")
    return handler


def test_a_clock_between_steps_blocks_the_run_and_is_told_everywhere(
    project: Project, serve: Serve, careless: Path
) -> None:
    server = serve("--no-reload")
    send(project)
    run = project.await_run("blocked")
    shown = project.run("runs", "show", run["run_id"]).stdout
    assert f"{SAID}{careless}:" in shown
    assert "use `ctx.now()`" in shown
    assert "guard/" not in shown
    assert "is blocked until its code fits: D101 handler code called time.time" in server.await_line("D101")


def test_what_settings_say_holds_and_the_environment_before_them(
    project: Project, serve: Serve, careless: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (project.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[tool.surestep.determinism]\nguard = "strict"\n')
    monkeypatch.setenv("SURESTEP_GUARD", "off")
    serve("--no-reload")
    send(project)
    project.await_run("completed")


def test_an_engine_refuses_a_mode_that_is_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURESTEP_GUARD", "loose")
    refused = project.run("dev", "--no-reload", "--port", "0")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "SURESTEP_GUARD is 'loose'" in refused.stderr
    assert "hint: set it to strict, light or off" in refused.stderr
