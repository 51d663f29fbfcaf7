"""The recipe that asks whether a deploy breaks runs in flight does what its page says, on a real server."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/replay.md").read_text()
RECIPE: Final = [
    step["run"]
    for text in re.findall(r"^```yml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for step in yaml.safe_load(text)
]
FROM_THE_FILE: Final = re.findall(r"^    (surestep replay --db .*)$", PAGE, re.MULTILINE)
BIN: Final = Path(sys.executable).parent
PATIENCE_S: Final = 180.0


class Project:
    """A first project, served, with one run that waits for an hour."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.handler = root / "shop/handlers/greet_user.py"
        self.url = ""

    def run(self, command: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "SURESTEP_URL": self.url}
        return subprocess.run(
            command, cwd=self.root, env=environment, shell=True, capture_output=True, text=True, check=False
        )

    def await_waiting_run(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while "waiting" not in self.run("surestep runs list").stdout:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("replay")
    subprocess.run([BIN / "surestep", "init", "shop"], cwd=folder, check=True, capture_output=True)
    project = Project(folder / "shop")
    project.handler.write_text(project.handler.read_text().replace('"1s"', '"1h"'))
    command = [str(BIN / "surestep"), "dev", "--port", "0", "--no-reload"]
    with subprocess.Popen(command, cwd=project.root, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        project.url = next(line.split()[1] for line in server.stderr if line.startswith("  address"))
        project.run("""surestep send demo/user.greeted '{"name": "Ada"}'""")
        project.await_waiting_run()
        yield project
        server.kill()


def test_the_page_has_a_recipe_with_a_server_and_one_with_its_file() -> None:
    assert (len(RECIPE), len(FROM_THE_FILE)) == (2, 1)


@pytest.mark.parametrize("commands", [RECIPE, FROM_THE_FILE], ids=["server", "file"])
def test_it_passes_for_code_that_fits_and_fails_for_code_that_does_not(project: Project, commands: list[str]) -> None:
    done = [project.run(command) for command in commands]
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * len(commands)
    text = project.handler.read_text()
    project.handler.write_text(text.replace('"1h"', '"90m"'))  # another size: bytecode goes by seconds and sizes
    try:
        done = [project.run(command) for command in commands]
        assert [one.returncode for one in done] == [*[0] * (len(commands) - 1), 1]
        assert "a-moment" in done[-1].stdout
    finally:
        project.handler.write_text(text)


def test_more_than_the_recipe_runs_as_written(project: Project) -> None:
    assert project.run("surestep replay histories --perturb").returncode == 0
    told = project.run("surestep runs cancel --function greet-user --status waiting --until 0s --dry-run")
    assert (told.returncode, told.stdout) == (0, "1 run would be asked to stop\n")
