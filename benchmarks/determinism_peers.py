#!/usr/bin/env python3
"""Other tools on our suite of mutations: how many of its mistakes they see, and how many harmless cases they accuse.

Only cases whose mistake is a call: clocks, chance, files and the like; those that use this package are left out. Each
is put into the tool's own form: a workflow for the sandbox of Temporal, which its Replayer runs offline on a history of
one task; a decorated handler for replayguard, which reads it. DBOS is not here: it compares the names of steps when a
workflow is recovered, and has nothing that looks at what code between them does.

    benchmarks/determinism_peers.py --python VENV/bin/python [--json]

VENV has `temporalio`, `replayguard`, `httpx` and `pydantic`.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.determinism.conftest import CASES, Case, _read  # noqa: E402 -- the suite is no package

from surestep_dsl.effects import EffectKind  # noqa: E402 -- as above

WORKFLOW = """
from temporalio import workflow
import handler

class Context:
    def now(self): return 5

class Step:
    def run(self, step_id, body): return step_id

@workflow.defn(name="Workflow")
class Workflow:
    @workflow.run
    async def run(self) -> None:
        await handler.handle(Context(), Step())
"""

REPLAY = """
import asyncio, json, sys
sys.path.insert(0, ".")
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from work_flow import Workflow

RUN = "00000000-0000-0000-0000-000000000001"
EVENTS = (
    ("WorkflowExecutionStarted", {"workflowType": {"name": "Workflow"}, "taskQueue": {"name": "q"}, "attempt": 1,
        "originalExecutionRunId": RUN, "firstExecutionRunId": RUN, "workflowTaskTimeout": "10s", "workflowId": "w"}),
    ("WorkflowTaskScheduled", {"taskQueue": {"name": "q"}, "startToCloseTimeout": "10s", "attempt": 1}),
    ("WorkflowTaskStarted", {"scheduledEventId": "2"}),
    ("WorkflowTaskCompleted", {"scheduledEventId": "2", "startedEventId": "3"}),
    ("WorkflowExecutionCompleted", {"workflowTaskCompletedEventId": "4"}),
)

def event(number, name, attributes):
    kind = "EVENT_TYPE" + "".join("_" + c if c.isupper() else c.upper() for c in name)
    return {"eventId": str(number), "eventTime": "2026-01-01T00:00:00Z", "eventType": kind,
        name[0].lower() + name[1:] + "EventAttributes": attributes}

async def main():
    history = json.dumps({"events": [event(number, *found) for number, found in enumerate(EVENTS, 1)]})
    replayer = Replayer(workflows=[Workflow])
    result = await replayer.replay_workflow(WorkflowHistory.from_json("w", history), raise_on_replay_failure=False)
    sys.exit(1 if result.replay_failure else 0)

asyncio.run(main())
"""


def refused_by_temporal(python: str, folder: Path) -> bool:
    """Whether the workflow's task fails, or its sandbox does not let it be loaded."""
    (folder / "work_flow.py").write_text(WORKFLOW)
    (folder / "replay_it.py").write_text(REPLAY)
    return _run(python, "replay_it.py", folder=folder) != 0


def refused_by_replayguard(python: str, folder: Path) -> bool:
    """Whether it finds anything, of whatever severity."""
    handler = folder / "handler.py"
    text = re.sub(r"step\.run\(\s*[\"'][^\"']*[\"'],\s*", "context.step(", handler.read_text())
    text = re.sub(
        r"^async def handle\(ctx, step\)", "@durable_execution\ndef handle(event, context)", text, flags=re.MULTILINE
    )
    handler.write_text("from aws_durable_execution_sdk_python import durable_execution\n" + text.replace("await ", ""))
    return _run(python, "-m", "replayguard.cli", "check", "--fail-on", "note", ".", folder=folder) == 1


PEERS: Mapping[str, Callable[[str, Path], bool]] = {
    "temporal": refused_by_temporal,
    "replayguard": refused_by_replayguard,
}


def _run(*command: str, folder: Path) -> int:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120).returncode


def fitting_cases() -> list[Case]:
    """Those that other tools can be asked about: Temporal allows what asyncio does, and logging decides nothing."""
    kinds = {kind.value for kind in EffectKind} - {EffectKind.LOGGING.value, EffectKind.TASK_SPAWN.value}
    cases = [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]
    cases = [case for case in cases if not re.search("surestep|asyncio", "".join(case.modules.values()))]
    return [
        case for case in cases if case.kind in kinds or (case.kind is None and (not case.nets or "guard" in case.nets))
    ]


def refused_cases(peer: Callable[[str, Path], bool], python: str, cases: list[Case]) -> list[Case]:
    """What a peer refuses."""
    found = []
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            case.write(Path(folder))
            if peer(python, Path(folder)):
                found.append(case)
    return found


def main() -> None:
    """Ask, then print a table or JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--python", required=True, help="an interpreter that has the peers")
    options.add_argument("--json", action="store_true", help="print JSON instead of a table, with the names of cases")
    arguments = options.parse_args()
    cases = fitting_cases()
    wrong = [case for case in cases if case.kind]
    refused = {name: refused_cases(peer, arguments.python, cases) for name, peer in PEERS.items()}
    refused |= {
        net: [case for case in wrong if net in case.nets] for net in ("lint", "mypy", "guard")
    }  # tests see to it
    if arguments.json:
        print(json.dumps({name: [case.name for case in found] for name, found in refused.items()}, indent=2))
    for name, found in refused.items() if not arguments.json else ():
        caught, accused = sum(case.kind is not None for case in found), sum(case.kind is None for case in found)
        print(f"{name:12} caught {caught:3} of {len(wrong)}, accused {accused:2} of {len(cases) - len(wrong)} harmless")


if __name__ == "__main__":
    main()
