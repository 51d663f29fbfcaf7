"""Recorded runs of a real project, replayed by the real command against code that has changed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

SURESTEP = Path(sys.executable).parent / "surestep"

RECORD = """
import asyncio, sys
from shop.contract.events import DemoUserGreeted, DemoUserGreetedData
from shop.contract.registry import REGISTRY
from surestep.engines.waiters import waiter_matches
from surestep.storage.sqlite import SqliteStore
from surestep.guard.guard import GuardMode
from surestep.testing import Bench

async def main():
    store = await SqliteStore.open("runs.db", matches=waiter_matches)
    async with Bench(REGISTRY, store=store, guard=GuardMode.OFF, shadow_replay=False) as bench:
        for name in sys.argv[2:] or ["Ada"]:
            await bench.send(DemoUserGreeted(data=DemoUserGreetedData(name=name)))
        if sys.argv[1] == "ended":
            await bench.finish()
        print(*(detail.run.run_id for detail in await bench.runs()))

asyncio.run(main())
"""

HEAD = """
import os
import time
from pathlib import Path
from shop.contract.functions.greet_user import GreetUserContext, GreetUserStep, greet_user


def write_greeting(name: str) -> str:
    return f"Hello, {name}!"


async def pause(step: GreetUserStep, name: str, seen: list[str]) -> None:
    await step.run(name, write_greeting, name)
    seen.append(name)


@greet_user
async def handle(ctx: GreetUserContext, step: GreetUserStep) -> str:
"""

ORIGINAL = """
    greeting = await step.run("write-greeting", write_greeting, ctx.event.data.name)
    await step.sleep("a-moment", "1s")
    return greeting
"""


class Project:
    """A first project whose handler can be exchanged."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def handle(self, body: str) -> None:
        (self.root / "shop/handlers/greet_user.py").write_text(HEAD + body)

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        settings = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1", **environment}
        return subprocess.run(arguments, cwd=self.root, env=settings, capture_output=True, text=True, check=False)

    def record(self, until: str, *names: str, **environment: str) -> list[str]:
        """A run for each name that is greeted; their ids."""
        for path in self.root.glob("runs.db*"):
            path.unlink()
        done = self.run(sys.executable, "-c", RECORD, until, *names, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def surestep(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.run(str(SURESTEP), *arguments)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    subprocess.run([SURESTEP, "init", "shop"], cwd=folder, check=True, capture_output=True)
    subprocess.run([SURESTEP, "generate"], cwd=folder / "shop", check=True, capture_output=True)
    project = Project(folder / "shop")
    project.handle(ORIGINAL)
    project.record("ended")
    return project.root


@pytest.fixture
def project(recorded: Path, tmp_path: Path) -> Project:
    """With a run of the original handler in its store."""
    return Project(shutil.copytree(recorded, tmp_path / "shop"))


def test_runs_of_a_store_agree_with_unchanged_code(project: Project) -> None:
    done = project.surestep("replay", "--db", "runs.db", "--perturb")
    assert (done.stdout, done.stderr, done.returncode) == ("1 run replayed, none with findings\n", "", 0)


def test_a_changed_handler_is_told_with_place_and_hint(project: Project) -> None:
    project.record("waiting")
    project.handle(ORIGINAL.replace('"1s"', '"2s"'))
    done = project.surestep("replay", "--db", "runs.db", "--live")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[1:3] == [
        '  position 1    history: sleep           "a-moment"',
        '                handler: sleep           "a-moment" with other arguments',
    ]
    assert lines[-1] == "1 run replayed, 1 with findings"


def test_findings_are_printed_for_programs_and_for_github(project: Project) -> None:
    project.handle('\n    return "Hello!"\n')
    found = json.loads(project.surestep("replay", "--db", "runs.db", "--format", "json").stdout)
    assert (found["runs"], len(found["findings"])) == (1, 1)
    assert found["findings"][0]["verdict"] == "diverged"
    annotation = project.surestep("replay", "--db", "runs.db", "--format", "github").stdout
    assert annotation.startswith("::error title=surestep replay::in run ")
    assert annotation.count("\n") == 1


def test_exported_histories_are_replayed_where_there_is_no_store(project: Project) -> None:
    written = project.surestep("runs", "export", "--status", "completed", "--db", "runs.db", "-o", "histories")
    assert written.stdout == "1 history written to histories\n"
    assert project.surestep("replay", "histories").returncode == 0
    [history] = (project.root / "histories").iterdir()
    assert project.surestep("replay", str(history)).stdout == "1 run replayed, none with findings\n"
    project.handle(ORIGINAL.replace("write-greeting", "greet"))
    assert project.surestep("replay", "histories").returncode == 1


DIFFERING = {
    "PYTHONHASHSEED=": """
    names = []
    for name in {"ada", "bob", "cyd", "dan", "eve", "fay"}:
        names.append(await step.run(name, write_greeting, name))
    return "done"
""",
    "TZ=Pacific/Kiritimati": """
    return str(time.localtime(0).tm_hour)
""",
    "an empty environment": """
    return await step.run("home", write_greeting, os.environ.get("GREETING", ""))
""",
    "another working directory": """
    return str(Path.cwd())
""",
    "another order in which parallel steps finish": """
    seen: list[str] = []
    await step.gather(pause(step, "a", seen), pause(step, "b", seen))
    return ",".join(seen)
""",
}
"""Code that a change of circumstances makes differ."""


def test_what_differs_between_processes_is_told_with_what_was_changed(project: Project) -> None:
    branches = (f"    if ctx.event.data.name == {name!r}:{indent(body, '    ')}" for name, body in DIFFERING.items())
    project.handle("".join(branches) + '    return ""\n')
    changed = dict(zip(project.record("ended", *DIFFERING, GREETING="hi"), DIFFERING, strict=True))
    told = project.run(str(SURESTEP), "replay", "--db", "runs.db", "--perturb", "--format", "json", GREETING="hi")
    found = [
        (changed[one["run_id"]], one["perturbed"]) for one in json.loads(told.stdout)["findings"] if one["perturbed"]
    ]
    assert {name for name, _ in found} == set(DIFFERING), told.stdout
    assert [(name, one) for name, one in found if not one.startswith(name)] == []


def test_an_app_that_needs_its_environment_is_not_tried_without(project: Project) -> None:
    path = project.root / "shop/handlers/greet_user.py"
    path.write_text(path.read_text() + '\nGREETING = os.environ["GREETING"]\n')
    told = project.run(str(SURESTEP), "replay", "--db", "runs.db", "--perturb", GREETING="hi")
    assert told.returncode == 0
    assert "not tried with an empty environment: " in told.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("replay",), 2, "name histories, or a store's file with --db"),
        (("replay", "--db", "nowhere.db"), 3, "there is no store at nowhere.db"),
        (("replay", "pyproject.toml"), 1, "pyproject.toml is no history: it is not JSON"),
        (("replay", "specs"), 1, "no histories in specs"),
        (("runs", "export", "-o", "x"), 2, "say which runs are meant"),
        (("runs", "export", "-o", "x", "--since", "soon"), 2, "'soon' is neither an age"),
        (("runs", "export", "-o", "x", "--if", "event.", "--db", "runs.db"), 1, "expression 'event.'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    project: Project, arguments: tuple[str, ...], status: int, message: str
) -> None:
    done = project.surestep(*arguments)
    assert (done.returncode, message in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr


TEST = """
from pathlib import Path
from shop.contract.registry import REGISTRY


def test_it_replays(replay_history):
    [history] = Path("histories").glob("0*.json")
    replay_history(REGISTRY, history)
"""


def test_pytest_replays_a_directory_of_histories(project: Project) -> None:
    project.surestep("runs", "export", "--status", "completed", "--db", "runs.db", "-o", "histories")
    (project.root / "test_mine.py").write_text(TEST)
    pytest_ = (sys.executable, "-m", "pytest", "-q", "-p", "surestep.testing.plugin", "-p", "no:cacheprovider")
    passed = project.run(*pytest_, "--surestep-histories", "histories", "test_mine.py")
    assert (passed.returncode, "2 passed" in passed.stdout) == (0, True), passed.stdout
    project.handle(ORIGINAL.replace("write-greeting", "greet"))
    (project.root / "histories/broken.json").write_text("{")
    failed = project.run(*pytest_, "--surestep-histories", "histories", "test_mine.py")
    assert (failed.returncode, "3 failed" in failed.stdout) == (1, True), failed.stdout
    assert '  position 0    history: run             "write-greeting"' in failed.stdout
    assert "broken.json is no history: it is not JSON" in failed.stdout


def test_without_the_option_pytest_collects_no_histories(project: Project) -> None:
    project.surestep("runs", "export", "--status", "completed", "--db", "runs.db", "-o", "histories")
    done = project.run(sys.executable, "-m", "pytest", "-q", "-p", "surestep.testing.plugin", "-p", "no:cacheprovider")
    assert "no tests ran" in done.stdout
