"""Flow control of a server that is killed and started again: windows, pauses and the queue are as they were."""

import json
import signal
import time
from collections import Counter
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import PATIENCE_S, Project, Serve, send

POLICIES = {
    "batched": "batch_events: {max_size: 5, timeout: 10m}",
    "debounced": "debounce: {period: 10m, key: event.data.name}",
    "idempotent": "idempotency: event.data.name",
    "keyed": "concurrency: {limit: 1, key: event.data.name, per: run}",
    "limited": "rate_limit: {limit: 2, period: 1h}",
    "paused": "retries: 0",
    "single": "singleton: {mode: skip}",
    "skipping": "retries: 1",
    "throttled": "throttle: {limit: 1, period: 10m}",
}
HANDLER = """
from hello.contract.functions.NAME import CLASSContext, CLASSStep, NAME


@NAME
async def handle(ctx: CLASSContext, step: CLASSStep) -> None:
    await step.sleep("long", "1h")
"""


@pytest.fixture
def policies(project: Project) -> None:
    """A function for each policy, all on one event; their runs sleep for long."""
    (project.root / "hello" / "handlers" / "greet_user.py").unlink()
    spec = project.root / "specs" / "hello.yaml"
    functions = "".join(
        f"  {name}:\n    triggers: {{event: demo/user.greeted}}\n    {rule}\n" for name, rule in POLICIES.items()
    )
    spec.write_text(spec.read_text().partition("functions:\n")[0] + "functions:\n" + functions)
    for name in POLICIES:
        text = HANDLER.replace("NAME", name).replace("CLASS", name.title())
        (project.root / "hello" / "handlers" / f"{name}.py").write_text(text)


def queue_of(project: Project) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(project.run("queue", "--json").stdout)
    return rows


def statuses(project: Project) -> Counter[str]:
    """How many runs there are by function and status."""
    return Counter(f"{run['function_id']} {run['status']}" for run in project.runs())


def await_statuses(project: Project, expected: dict[str, int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while (found := statuses(project)) != expected:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


AFTER_TWO = {
    "batched queued": 1,
    "debounced queued": 1,
    "idempotent waiting": 1,
    "idempotent skipped": 1,
    "keyed waiting": 1,
    "keyed queued": 1,
    "limited waiting": 2,
    "paused queued": 2,
    "single waiting": 1,
    "single skipped": 1,
    "skipping skipped": 2,
    "throttled waiting": 1,
    "throttled queued": 1,
}


def test_windows_pauses_and_the_queue_outlast_kill_9(project: Project, serve: Serve, policies: None) -> None:
    server = serve("--no-reload")
    assert project.run("queue", "pause", "paused").stdout == "paused is paused\n"
    assert project.run("queue", "pause", "skipping", "--events", "skip").returncode == 0
    send(project)
    send(project)
    await_statuses(project, AFTER_TWO)
    before = queue_of(project)
    by_function = {row["function_id"]: (row["policy"], row["key"], row["waiting"], row["in_use"]) for row in before}
    assert by_function == {
        "batched": ("batch_events", None, 1, 2),
        "debounced": ("debounce", "Ada", 1, None),
        "keyed": ("concurrency", "Ada", 1, 1),
        "paused": ("pause", None, 2, None),
        "skipping": ("pause", None, 0, None),
        "throttled": ("throttle", None, 1, None),
    }

    server.stop(signal.SIGKILL)
    serve("--no-reload")
    await_statuses(project, AFTER_TWO)
    assert queue_of(project) == before

    send(project)
    added = ["idempotent skipped", "keyed queued", "limited skipped", "paused queued", "single skipped"]
    await_statuses(project, Counter(AFTER_TWO) + Counter([*added, "skipping skipped", "throttled queued"]))
    batch = next(row for row in queue_of(project) if row["function_id"] == "batched")
    assert (batch["in_use"], batch["limit"]) == (3, 5)

    assert project.run("queue", "resume", "paused").returncode == 0
    assert httpx.post(f"{project.url}/v1/functions/skipping/resume", trust_env=False).status_code == 200
    send(project)
    deadline = time.monotonic() + PATIENCE_S
    while statuses(project)["paused waiting"] < 4 or statuses(project)["skipping waiting"] < 1:
        assert time.monotonic() < deadline, statuses(project)
        time.sleep(0.02)
    assert [row["function_id"] for row in queue_of(project) if row["policy"] == "pause"] == []


def test_what_cannot_be_paused_is_told(project: Project, serve: Serve) -> None:
    serve("--no-reload")
    for verb in ("pause", "resume"):
        refused = project.run("queue", verb, "greet-usr")
        assert (refused.returncode, "there is no function greet-usr in this app" in refused.stderr) == (1, True)
    for _ in range(2):
        assert project.run("queue", "pause", "greet-user").stdout == "greet-user is paused\n"
        assert [row["waiting"] for row in queue_of(project)] == [0]
    assert project.run("queue", "resume", "greet-user").stdout == "greet-user is resumed\n"
    assert project.run("queue").stdout == "nothing waits\n"
