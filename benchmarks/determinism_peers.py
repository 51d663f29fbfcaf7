#!/usr/bin/env python3
"""Other tools on our suites: the mutations, and what is changed between a run and its replay.

Of the mutations only those whose mistake is a call, such as clocks, chance and files, without use of this package. Each
handler is put into the tool's own form, and recorded once:

- Temporal: a workflow whose steps are activities. Its Replayer runs it offline, in its sandbox, on a history as a
  server would have written it.
- DBOS: a workflow that runs to its end on a file of SQLite, and is forked behind its last step in another process.
- replayguard: a decorated handler, which it reads. It sees no changes, since it looks at one version only.

Replays are processes of their own with three hash seeds; a tool that refuses one of them has caught the case.

    python3 -m venv .cache/peers && .cache/peers/bin/pip install temporalio replayguard httpx pydantic
    python3 -m venv .cache/dbos && .cache/dbos/bin/pip install dbos httpx pydantic
    benchmarks/determinism_peers.py --python .cache/peers/bin/python --dbos .cache/dbos/bin/python [--json]
"""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.determinism.conftest import CASES, Case, _read  # noqa: E402 -- the suite is no package

from surestep_dsl.effects import EffectKind  # noqa: E402 -- as above

PEERS = Path(__file__).parent / "peers"
CHANGES = ROOT / "tests" / "determinism" / "test_code_changes.py"
SAME_CODE = {"set_order", "set_as_an_argument"}
"""Changes of the process, not of the code."""
SEEDS = ("1", "2", "3")
TIMEOUT_S = 120
JOBS = 4
"""DBOS mostly waits until it looks at its queue; Temporal takes a busy machine for a mistake."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a tool is asked about.

    Attributes:
        recorded: modules of the run, by file name.
        replayed: those of the replay.
        is_wrong: it is to be caught.
    """

    name: str
    recorded: Mapping[str, str]
    replayed: Mapping[str, str]
    is_wrong: bool = True


Peer = Callable[[Question, Path], bool]


def ask_temporal(python: str) -> Peer:
    """Whether a task of the workflow fails, or the sandbox does not let it be loaded.

    Each refusal is asked for twice: a busy machine can take longer than the two seconds that a task may.
    """

    def refuses(question: Question, folder: Path) -> bool:
        write(folder, question.recorded)
        asked = run(python, PEERS / "record.py", folder=folder).stdout
        write(folder, question.replayed)
        command = python, PEERS / "temporal_replay.py"
        return any(
            all(run(*command, folder=folder, seed=seed, given=asked).returncode for _ in range(2)) for seed in SEEDS
        )

    return refuses


def ask_dbos(python: str) -> Peer:
    """Whether it misses the step that was recorded."""

    def refuses(question: Question, folder: Path) -> bool:
        script, store = PEERS / "dbos_replay.py", "store.db"
        write(folder, question.recorded)
        run(python, script, "record", store, folder=folder)
        write(folder, question.replayed)
        return any(run(python, script, "replay", store, folder=folder, seed=seed).returncode == 1 for seed in SEEDS)

    return refuses


def ask_replayguard(python: str) -> Peer:
    """Whether it finds anything, of whatever severity."""

    def refuses(question: Question, folder: Path) -> bool:
        write(folder, question.replayed)
        handler = folder / "handler.py"
        text = re.sub(r"step\.run\(\s*[\"'][^\"']*[\"'],\s*", "context.step(", handler.read_text())
        head = "@durable_execution\ndef handle(event, context)"
        text = re.sub(r"^async def handle\(ctx, step\)", head, text, flags=re.MULTILINE).replace("await ", "")
        handler.write_text(f"from aws_durable_execution_sdk_python import durable_execution\n{text}")
        command = "-m", "replayguard.cli", "check", "--fail-on", "note", "."
        return run(python, *command, folder=folder).returncode == 1

    return refuses


def write(folder: Path, modules: Mapping[str, str]) -> None:
    """Write modules over those that are there."""
    for name, text in modules.items():
        (folder / name).write_text(text)


def run(*command: str | Path, folder: Path, seed: str = "0", given: str = "") -> subprocess.CompletedProcess[str]:
    """A process in a folder; one that hangs has refused nothing."""
    environment = {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(folder)}
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 0, "[]")


def mutations() -> list[Question]:
    """Those that other tools can be asked about: Temporal allows what asyncio does, and logging decides nothing."""
    kinds = {kind.value for kind in EffectKind} - {EffectKind.LOGGING.value, EffectKind.TASK_SPAWN.value}
    cases = [case for case in read_suite() if not re.search("surestep|asyncio", "".join(case.modules.values()))]
    return [
        Question(case.name, case.modules, case.modules, case.kind is not None)
        for case in cases
        if case.kind in kinds or (case.kind is None and (not case.nets or "guard" in case.nets))
    ]


def read_suite() -> list[Case]:
    """All mutations."""
    return [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]


def changes() -> list[Question]:
    """The changes between a run and its replay, taken out of their tests."""
    tree = ast.parse(CHANGES.read_text())
    known = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    (table,) = (one for one in tree.body if isinstance(one, ast.AnnAssign) and ast.unparse(one.target) == "CHANGES")
    names = [one.id for one in getattr(table.value, "keys", ()) if isinstance(one, ast.Name)]
    (people,) = (one for one in tree.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "NAMES")
    bodies = "\n\n".join(ast.unparse(known[name]) for name in ("note", "original", *names))
    head = f"from __future__ import annotations\nimport random, time\n{ast.unparse(people)}\n{bodies}\n"

    def module(name: str) -> dict[str, str]:
        return {"handler.py": f"{head}async def handle(ctx, step):\n    return await {name}(step)\n"}

    return [Question(name, module(name if name in SAME_CODE else "original"), module(name)) for name in names]


def refused(peer: Peer, questions: list[Question], jobs: int = 1) -> list[Question]:
    """What a peer refuses."""

    def is_refused(question: Question) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            return peer(question, Path(folder))

    with ThreadPoolExecutor(jobs) as pool:
        answers = list(pool.map(is_refused, questions))
    return [question for question, answer in zip(questions, answers, strict=True) if answer]


def main() -> None:
    """Ask, then print tables or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--python", help="an interpreter that has temporalio and replayguard")
    options.add_argument("--dbos", help="an interpreter that has dbos")
    options.add_argument("--json", action="store_true", help="print the names of what was refused")
    arguments = options.parse_args()
    peers: dict[str, Peer] = {}
    if arguments.python:
        python = os.path.abspath(arguments.python)  # noqa: PTH100 -- `resolve` would leave the environment
        peers |= {"temporal": ask_temporal(python), "replayguard": ask_replayguard(python)}
    if arguments.dbos:
        peers["dbos"] = ask_dbos(os.path.abspath(arguments.dbos))  # noqa: PTH100 -- as above
    questions, changed = mutations(), changes()
    wrong = [one for one in questions if one.is_wrong]
    for name, peer in peers.items():
        jobs = JOBS if name == "dbos" else 1
        found = refused(peer, questions, jobs)
        caught = refused(peer, changed, jobs) if name != "replayguard" else []
        if arguments.json:
            print(json.dumps({name: [one.name for one in (*found, *caught)]}, indent=2))
        accused = sum(not one.is_wrong for one in found)
        print(
            f"{name:12} caught {len(found) - accused:3} of {len(wrong)}, accused {accused:2} of "
            f"{len(questions) - len(wrong)} harmless; of changes {len(caught):2} of {len(changed)}",
            file=sys.stderr if arguments.json else sys.stdout,
        )
    by_net = {case.name: case.nets for case in read_suite()}
    for net in ("lint", "mypy", "guard"):  # tests see to it
        print(f"{net:12} caught {sum(net in by_net[one.name] for one in wrong):3} of {len(wrong)}", file=sys.stderr)


if __name__ == "__main__":
    main()
