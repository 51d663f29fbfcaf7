"""`make demo`: the examples on a real engine that is killed three times, and proof that nothing was lost or done twice.

Generates and type-checks the examples, starts `surestep dev` on a fresh store, sends several hundred events over HTTP,
kills the engine with SIGKILL in between, and compares at the end what the engine stored with what the step bodies
wrote down themselves. The exit status is 0 only if everything is accounted for.
"""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from rich.console import Console
from scripts.demo.cases import Sent, make_cases, plan_requests
from scripts.demo.checks import Accepted, check_accepted, check_histories, check_reactions, check_runs
from scripts.demo.engine import SURESTEP, EngineProcess
from scripts.demo.evidence import Evidence, collect_evidence
from scripts.demo.executions import check_executions, check_finished_bodies, count_executions
from scripts.demo.problem import DemoError
from scripts.demo.summary import print_commands, print_findings, print_summary

from surestep.core.records import ENDED

_SPECS: Final = Path(__file__).parents[2] / "specs"
_LIVE: Final = ("queued", "running", "waiting")
_POLL_S: Final = 0.2
_PATIENCE_S: Final = 60.0
_ENDED_BETWEEN_KILLS: Final = 25


@dataclass(slots=True)
class _Demo:
    """The running demo: the engine, and what is known so far."""

    console: Console
    engine: EngineProcess
    ledger: Path
    accepted: list[Accepted] = field(default_factory=list)
    kills: list[Evidence] = field(default_factory=list)
    busy_s: float = 0.0
    started_at_s: float = 0.0

    def start(self) -> None:
        self.engine.start()
        self.started_at_s = time.monotonic()

    def send(self, requests: Sequence[Sequence[Sent]]) -> None:
        for request in requests:
            ids = self.engine.send([sent.event for sent in request])
            self.accepted += [
                Accepted(event_id, sent, len(self.kills)) for event_id, sent in zip(ids, request, strict=True)
            ]
        self.console.print(f"  {len(self.accepted)} events accepted")

    def wait_for_some_ends(self) -> None:
        """Until some more runs have ended since the last kill, so that the next one comes in the middle of things."""
        wanted = _ENDED_BETWEEN_KILLS + (_count_ended(self.kills[-1]) if self.kills else 0)
        deadline = time.monotonic() + _PATIENCE_S
        while self.engine.count("completed", most=wanted) < wanted:
            if time.monotonic() > deadline:
                raise DemoError(f"hardly any run has ended within {_PATIENCE_S:.0f} s")
            time.sleep(_POLL_S / 10)

    def kill(self) -> None:
        """SIGKILL; what was done until then is read before the next start."""
        self.engine.kill()
        self.busy_s += time.monotonic() - self.started_at_s
        evidence = asyncio.run(collect_evidence(self.engine.store, self.ledger))
        self.kills.append(evidence)
        ended, total = _count_ended(evidence), len(evidence.runs)
        self.console.print(
            f"  killed: {ended} of {total} runs had ended, {_count_running(evidence)} bodies were running"
        )
        if not 0 < ended < total:
            raise DemoError("the kill did not come in the middle, so it proves nothing")

    def wait_for_all_ends(self) -> None:
        """Until no run is live. Runs may begin while we count, so two counts must agree; the store is asked later."""
        deadline = time.monotonic() + _PATIENCE_S
        quiet = 0
        while quiet < 2 and time.monotonic() < deadline:
            time.sleep(_POLL_S)
            quiet = 0 if any(self.engine.count(status, most=1) for status in _LIVE) else quiet + 1
        self.busy_s += time.monotonic() - self.started_at_s
        self.engine.stop()


def main() -> int:
    """Run the demo; returns its exit status."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    directory = Path(tempfile.mkdtemp(prefix="surestep-demo-"))
    ledger = directory / "ledger.jsonl"
    engine = EngineProcess(_SPECS, directory, {"EXAMPLES_LEDGER": str(ledger)})
    try:
        _prepare(console)
        return _run(_Demo(console, engine, ledger))
    except DemoError as error:
        console.print("[bold red]FAILED[/]: ", end="")
        console.print(str(error), markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        engine.close()
        console.print("stopped")
        shutil.rmtree(directory)
        return 130
    finally:
        engine.close()


def _prepare(console: Console) -> None:
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        "../pyproject.toml",
        "--cache-dir",
        "../.mypy_cache/specs",
        ".",
    ]
    for title, command in (
        ("check the specs", [SURESTEP, "check"]),
        ("generate typed Python", [SURESTEP, "generate"]),
        ("type-check specs, services and handlers", mypy),
    ):
        console.print(f"[bold]{title}[/]")
        done = subprocess.run(
            command, cwd=_SPECS, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            raise DemoError(f"{title}: status {done.returncode}\n{done.stdout}")


def _run(demo: _Demo) -> int:
    cases = make_cases()
    cancelled = frozenset[str]().union(*(case.cancelled for case in cases))
    _act(demo, plan_requests(cases))
    end = asyncio.run(collect_evidence(demo.engine.store, demo.ledger))
    demo.console.print("[bold]compare what was stored with what was done[/]")
    findings = [
        *check_accepted(demo.accepted, demo.kills, end),
        *check_runs(demo.accepted, end),
        *check_reactions(demo.accepted, end),
        *check_histories(demo.kills, end),
        *check_finished_bodies(demo.kills, end),
        *check_executions(cancelled, demo.kills, end),
    ]
    tally = count_executions(demo.kills, end)
    print_summary(demo.console, end, tally, len(demo.accepted), len(demo.kills), demo.busy_s)
    print_findings(demo.console, findings)
    interesting = max(end.runs.values(), key=lambda run: len(run.records))
    print_commands(demo.console, demo.engine.store, interesting.row.run_id)
    return 1 if findings else 0


def _act(demo: _Demo, requests: list[list[Sent]]) -> None:
    demo.console.print("[bold]start the engine on a fresh store[/]")
    demo.start()
    demo.send(requests[:4])
    demo.wait_for_some_ends()
    demo.kill()
    demo.console.print("[bold]start it again[/]")
    demo.start()
    demo.send(requests[4:8])
    demo.wait_for_some_ends()
    demo.kill()
    demo.console.print("[bold]start it again, and kill it as soon as it has answered[/]")
    demo.start()
    demo.send(requests[8:11])
    demo.kill()
    demo.console.print("[bold]start it again, and let every run end[/]")
    demo.start()
    demo.send(requests[11:])
    demo.wait_for_all_ends()


def _count_ended(evidence: Evidence) -> int:
    return sum(run.row.status in ENDED for run in evidence.runs.values())


def _count_running(evidence: Evidence) -> int:
    """Bodies that had started and not yet ended, by the ledger."""
    return sum({"start": 1}.get(entry.what, -1) for entry in evidence.ledger)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
