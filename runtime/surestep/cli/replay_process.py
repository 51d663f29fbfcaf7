"""The process in which histories are replayed under other circumstances. Reads a job from stdin, answers on stdout.

Handler code is not guarded here: what it does is to show itself.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from surestep.cli.problem import ProblemError
from surestep.cli.user_code import load_registry
from surestep.engines.histories import parse_history
from surestep.engines.replaying import App, Replayed, replay_in_order, replay_run
from surestep.guard.guard import Guard, GuardMode
from surestep.storage.port import StoredRun

__all__ = ["main"]


def main() -> None:
    """Carry out one job; the exit status is 1 where the app cannot be imported, with a message on stderr."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what user code prints is no answer
    job = json.load(sys.stdin)
    sys.path[:] = job["path"]
    try:
        registry = load_registry(Path(job["source"]), job["package"])
    except ProblemError as problem:
        problem.show()
        sys.exit(problem.exit_code)
    app = App(registry, registry.load_functions(), Guard(GuardMode.OFF).resume)
    replay = _in_other_order if job["in_other_order"] else _as_recorded
    with answers:
        json.dump([replay(app, parse_history(text.encode())) for text in job["histories"]], answers)


def _as_recorded(app: App, stored: StoredRun) -> dict[str, Any]:
    return _told(replay_run(app, stored), is_ordered=True)


def _in_other_order(app: App, stored: StoredRun) -> list[dict[str, Any]] | None:
    """What is asked when parallel steps finish in their order, and when they do not; None where it may differ."""
    found = [replay_in_order(app, stored, latest_first=latest_first) for latest_first in (False, True)]
    return [_told(one, is_ordered=False) for one in found if one is not None] or None


def _told(replayed: Replayed, *, is_ordered: bool) -> dict[str, Any]:
    asked = [f'{one.kind} "{one.key}" {one.fingerprint}'.rstrip() for one in replayed.asked]
    return {"asked": asked if is_ordered else sorted(asked), "end": replayed.end}


if __name__ == "__main__":
    main()
