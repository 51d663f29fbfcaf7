"""Replays histories in other processes, each with one circumstance changed, and says where that makes a difference.

What differs only between processes, such as the order of sets, shows in no other way.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, TypeAlias

__all__ = ["Difference", "find_differences"]

_SEEDS: Final = ("1", "2", "3")
"""Sets of few elements have the same order under many seeds."""

_TIME_ZONE: Final = "Pacific/Kiritimati"
"""Where it is 14 hours later than in UTC."""

_Answer: TypeAlias = list[Any] | str
"""What a process answers, or why it does not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A history that is replayed otherwise.

    Attributes:
        at: which one, counted from 0; None where the whole app cannot be tried so.
        changed: the circumstance, in words.
        message: what differs.
    """

    at: int | None
    changed: str
    message: str


def find_differences(source: Path, package: str, histories: Sequence[str]) -> list[Difference]:
    """Replay histories under each changed circumstance, and compare with an unchanged process.

    Args:
        source: the directory that the user's packages lie in.
        package: dotted name of the generated package.
        histories: documents.
    """
    job = {
        "path": [str(Path(entry).resolve()) for entry in sys.path],
        "source": str(source),
        "package": package,
        "histories": list(histories),
        "in_other_order": False,
    }
    plain = {**os.environ, "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryDirectory() as elsewhere, ThreadPoolExecutor(os.cpu_count()) as threads:

        def begin(job: dict[str, Any], environment: dict[str, str], directory: str | None = None) -> Future[_Answer]:
            return threads.submit(_replay, job, environment, directory)

        usual = begin(job, plain)
        changed = {f"PYTHONHASHSEED={seed}": begin(job, {**plain, "PYTHONHASHSEED": seed}) for seed in _SEEDS}
        changed[f"TZ={_TIME_ZONE}"] = begin(job, {**plain, "TZ": _TIME_ZONE})
        changed["an empty environment"] = begin(job, {"PYTHONHASHSEED": "0"})
        changed["another working directory"] = begin(job, plain, elsewhere)
        ordered = begin({**job, "in_other_order": True}, plain)
        return [
            *(found for name, answer in changed.items() for found in _compare(usual.result(), answer.result(), name)),
            *_compare_orders(ordered.result()),
        ]


def _replay(job: dict[str, Any], environment: dict[str, str], directory: str | None = None) -> _Answer:
    """What the process answers, or why it does not."""
    done = subprocess.run(
        [sys.executable, "-m", "surestep.cli.replay_process"],
        input=json.dumps(job),
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return done.stderr.strip() or f"the process ended with {done.returncode}"
    answer: list[Any] = json.loads(done.stdout)
    return answer


def _compare(usual: _Answer, changed: _Answer, name: str) -> Iterator[Difference]:
    if isinstance(usual, str):
        return  # it has been told that the app cannot be imported
    if isinstance(changed, str):
        yield Difference(None, name, changed)
        return
    for at, (one, other) in enumerate(zip(usual, changed, strict=True)):
        if one != other:
            yield Difference(at, name, _describe(one, other))


def _compare_orders(answers: _Answer) -> Iterator[Difference]:
    if isinstance(answers, str):
        return
    for at, pair in enumerate(answers):
        if pair is not None and pair[0] != pair[1]:
            yield Difference(at, "another order in which parallel steps finish", _describe(*pair))


def _describe(usual: dict[str, Any], changed: dict[str, Any]) -> str:
    """The first command that differs, or the end."""
    pairs = zip_longest(usual["asked"], changed["asked"], fillvalue="nothing")
    found = next(((one, other) for one, other in pairs if one != other), (usual["end"], changed["end"]))
    return f"  otherwise: {found[0]}\n  then:      {found[1]}"
