"""Whether the libraries are new enough."""

import re
from collections.abc import Iterator
from importlib import metadata
from typing import Final

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_versions"]

_REQUIREMENT: Final = re.compile(r"([\w.-]+)(?:\[.*?\])?\s*>=\s*([\d.]+)(?:.*extra == [\"'](\w+)[\"'])?")


def check_versions(subject: Subject) -> Iterator[Diagnostic]:
    """What surestep is made with, and what its `dev` extra adds."""
    for requirement in metadata.requires("surestep") or ():
        match = _REQUIREMENT.match(requirement)
        if match is None or match[3] not in (None, "dev"):
            continue
        name, wanted = match[1], match[2]
        found = _installed(name)
        if found is None or _numbers(found) < _numbers(wanted):
            state = "is not installed" if found is None else f"is {found}"
            target = "surestep" if match[3] is None else '"surestep[dev]"'
            message = f"{name} {state}, and surestep needs {wanted} or newer"
            yield report("K305", message, subject.span("pyproject.toml"), f"pip install --upgrade {target}")


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    """`2.12.0b1` is (2, 12, 0): what is before a release counts as the release."""
    return tuple(int(part) for part in re.sub(r"[^\d.].*", "", version).split(".") if part)
