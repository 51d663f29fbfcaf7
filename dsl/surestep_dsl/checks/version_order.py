"""The order of an event's versions."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]

_NUMBERS: Final = re.compile(r"\d+")
_Ranks: TypeAlias = tuple[str, tuple[int, ...]]


def find_unordered_versions(view: View) -> Iterator[Diagnostic]:
    """The current version and those in `previous` stand newest first.

    The order says which version an old event is lifted through. It is judged where two neighbours differ in their
    numbers only, such as the dates `2024-01-15.1` and `2023-06-01.1`; other names say nothing about age.
    """
    for event in view.project.events.values():
        versions = [event.version or "", *(older.version for older in event.previous)]
        for at, (newer, older) in enumerate(pairwise(versions)):
            (shape, ranks), (older_shape, older_ranks) = _ranks(newer), _ranks(older)
            if shape == older_shape and ranks < older_ranks:
                message = f"the version `{older}` stands below `{newer}`, but is newer"
                path = ("events", event.name, "previous", at, "version")
                yield view.find("V203", message, path, "write the versions newest first", value=True)


def _ranks(version: str) -> _Ranks:
    """What a version is apart from its numbers, and the numbers; those of a version have at most 64 digits."""
    return _NUMBERS.sub("0", version), tuple(int(number) for number in _NUMBERS.findall(version))


def _versions(current: str, *older: str) -> str:
    previous = ", ".join(f"{{version: {version}}}" for version in older)
    return f"events: {{shop/paid: {{version: {current}, previous: [{previous}]}}}}"


CHECK: Final = Check(
    codes=("V203",),
    find=find_unordered_versions,
    valid=(
        _versions("2024-01-15.1", "2023-06-01.2", "2023-06-01.1"),
        _versions("v10", "v9"),
        _versions("blue", "green"),
        _versions("2", "beta 3"),
    ),
    invalid=(
        (_versions("2023-06-01.1", "2024-01-15.1"), "V203"),
        (_versions("3", "1", "2"), "V203"),
        (_versions("v9", "v10"), "V203"),
    ),
)
