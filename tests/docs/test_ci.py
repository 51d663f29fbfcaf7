"""The recipe for continuous integration and the hooks for pre-commit do what their page says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs/ci.md").read_text()
HOOKS: Final = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
BLOCKS: Final = [
    yaml.safe_load(text) for text in re.findall(r"^```yml[^\n]*\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
]
STEPS: Final = [step["run"] for step in BLOCKS[0]["jobs"]["contract"]["steps"] if "run" in step]
COMMANDS: Final = [command for command in STEPS if not command.startswith("pip")]
DAMAGE: Final = {
    "surestep check --strict --format github": ("specs/shop.yaml", "name: string", "name: strin"),
    "surestep fmt --check": ("specs/shop.yaml", "name: string", "name:   string"),
    "surestep generate --check --format github": ("shop/contract/registry.py", "REGISTRY =", "REGISTRY  ="),
    "surestep sync": ("shop/handlers/greet_user.py", "ctx: GreetUserContext", "ctx"),
    "surestep lint --strict --format github": (
        "shop/handlers/greet_user.py",
        "return greeting",
        "return greeting * (hash(greeting) % 2)",
    ),
    "surestep breaking --against origin/main --format github": ("specs/shop.yaml", "name: string", "name: integer"),
    "surestep doctor": ("pyproject.toml", "strict = true", "strict = false"),
    "mypy": ("shop/handlers/greet_user.py", "return greeting", "return 1"),
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first project in a repository whose main branch is known as `origin/main`."""
    root = tmp_path_factory.mktemp("ci") / "shop"
    root.mkdir()
    assert run(root, "surestep init").returncode == 0
    next((root / "specs").iterdir()).rename(root / "specs/shop.yaml")
    for command in ("surestep generate", "git init -q", "git add -A"):
        assert run(root, command).returncode == 0
    assert run(root, "git -c user.name=a -c user.email=a@b.c commit -qm first").returncode == 0
    assert run(root, "git update-ref refs/remotes/origin/main HEAD").returncode == 0
    return root


def run(root: Path, command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "GITHUB_WORKSPACE": ""}
    return subprocess.run(shlex.split(command), cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_step_passes_for_a_healthy_project(command: str, healthy: Path) -> None:
    done = run(healthy, command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_each_step_fails_for_what_it_is_for(command: str, healthy: Path) -> None:
    name, old, new = DAMAGE[command]
    text = (healthy / name).read_text()
    assert old in text
    (healthy / name).write_text(text.replace(old, new))
    try:
        assert run(healthy, command).returncode == 1
    finally:
        (healthy / name).write_text(text)


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_passes_for_a_healthy_project(hook: str, healthy: Path) -> None:
    assert run(healthy, HOOKS[hook]["entry"]).returncode == 0
    assert run(healthy, "git status --porcelain --untracked-files=no").stdout == ""


def test_the_page_lists_the_hooks_that_there_are(healthy: Path) -> None:
    assert [hook["id"] for hook in BLOCKS[1]["repos"][0]["hooks"]] == list(HOOKS)
    local = BLOCKS[2]["repos"][0]["hooks"][0]
    assert local["entry"] == HOOKS[local["id"]]["entry"]


def test_hooks_run_on_the_files_that_matter() -> None:
    assert {hook: re.search(HOOKS[hook]["files"], "specs/shop.yaml") is not None for hook in HOOKS} == dict.fromkeys(
        HOOKS, True
    )
    assert all(hook["pass_filenames"] is False and hook["language"] == "python" for hook in HOOKS.values())
