"""What the demo prints at its end."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scripts.demo.evidence import Evidence
from scripts.demo.executions import Tally

from surestep.core.records import StepFailed, StepSucceeded

__all__ = ["print_commands", "print_findings", "print_summary"]

_MOST_FINDINGS = 20


def print_summary(console: Console, end: Evidence, tally: Tally, events: int, kills: int, seconds: float) -> None:
    """Runs by function and status, then the numbers."""
    statuses = sorted({run.row.status for run in end.runs.values()})
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("function", style="cyan")
    for status in statuses:
        table.add_column(status, justify="right")
    counted = Counter((run.row.function_id, run.row.status) for run in end.runs.values())
    for function_id in sorted({run.row.function_id for run in end.runs.values()}):
        table.add_row(function_id, *(str(counted[function_id, status] or "") for status in statuses))
    console.print()
    console.print(table)
    console.print()
    steps = sum(isinstance(one, StepSucceeded | StepFailed) for run in end.runs.values() for one in run.records)
    numbers = {
        "events accepted": events,
        "runs": len(end.runs),
        "kills (SIGKILL)": kills,
        "step bodies executed": tally.executed,
        "  retried after a failure": tally.retried,
        "  repeated, cut off by a kill": tally.repeated,
        "  dropped with a cancelled run": tally.dropped,
        "durable steps finished": steps,
        "durable steps per second": round(steps / seconds),
    }
    for name, number in numbers.items():
        console.print(f"{name:<32}{number:>8,}")


def print_findings(console: Console, findings: Sequence[str]) -> None:
    """The verdict."""
    if not findings:
        console.print("\n[bold green]OK[/]: no event and no run was lost, no finished step ran again")
        return
    console.print(f"\n[bold red]FAILED[/]: {len(findings)} findings")
    for finding in findings[:_MOST_FINDINGS]:
        console.print(f"  {finding}", markup=False, soft_wrap=True)
    if len(findings) > _MOST_FINDINGS:
        console.print(f"  and {len(findings) - _MOST_FINDINGS} more")


def print_commands(console: Console, store: Path, run_id: str) -> None:
    """How to look at a run."""
    console.print("\nTo look at a run, in two terminals:")
    for command in (
        f"(cd specs && ../.venv/bin/surestep dev --no-reload --store {store})",
        f".venv/bin/surestep runs show {run_id}",
    ):
        console.print(f"  {command}", style="cyan", markup=False, soft_wrap=True)
