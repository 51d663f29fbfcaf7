"""Whether Python will find the generated package, and not another one of its name."""

import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["check_importable"]


def check_importable(subject: Subject) -> Iterator[Diagnostic]:
    """The top packages of generated code and handlers, looked up where this Python looks, without importing them."""
    settings = subject.settings
    for key, package in (("package", settings.package), ("handlers", settings.handlers)):
        top = package.partition(".")[0]
        other = _other(top, subject.source)
        if other is not None:
            message = f"`import {top}` can find {other} instead of the project's own"
            yield report("K307", message, subject.span("pyproject.toml", key), "give the package another name")


def _other(top: str, source: Path) -> str | None:
    if top in sys.stdlib_module_names:
        return "Python's own module"
    here = {Path.cwd(), source.resolve()}
    spec = PathFinder.find_spec(top, [entry for entry in sys.path if Path(entry or ".").resolve() not in here])
    return None if spec is None or spec.origin is None else spec.origin
