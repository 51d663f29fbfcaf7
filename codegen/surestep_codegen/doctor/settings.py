"""Whether there are settings that are not the ones in force."""

import tomllib
from collections.abc import Iterator

from surestep_codegen.doctor.subject import Subject
from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic, Span

__all__ = ["check_settings"]


def check_settings(subject: Subject) -> Iterator[Diagnostic]:
    """A second section [tool.surestep] above the project, which nobody reads from here."""
    root = subject.settings.root
    for folder in root.parents:
        path = folder / "pyproject.toml"
        try:
            tools = tomllib.loads(path.read_text("utf-8")).get("tool")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            continue
        if isinstance(tools, dict) and "surestep" in tools:
            message = f"there are settings in {root / 'pyproject.toml'}, too, and only those count below it"
            yield report("K302", message, Span(str(path), 1, 1, 1, 1), "keep one of the two sections [tool.surestep]")
