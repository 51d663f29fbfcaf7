"""What the doctor looks at: settings, specs, generated code and handlers, read once. Imports no user code."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from surestep_codegen.extensions import load_extensions
from surestep_codegen.generate import Changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_codegen.sync.survey import Survey, survey_handlers
from surestep_dsl.diagnostics import Span
from surestep_dsl.load import Loaded, load_project
from surestep_dsl.settings import Settings, find_source

__all__ = ["Subject", "load_subject"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A project whose settings can be read.

    Attributes:
        pyproject: the document of its pyproject.toml.
        source: the directory that holds the top packages.
        loaded: its specs.
        changes: what generating would do; None where the specs have errors; so for the survey.
        survey: what syncing handlers would do.
    """

    settings: Settings
    pyproject: Mapping[str, object]
    source: Path
    loaded: Loaded
    changes: Changes | None
    survey: Survey | None

    def span(self, name: str, text: str = "") -> Span:
        """The place of the first line with `text` in a file of the project's root; else its first line."""
        path = self.settings.root / name
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        line = next((number for number, one in enumerate(lines, 1) if text and text in one), 1)
        return Span(name, line, 1, line, 1)


def load_subject(settings: Settings) -> Subject:
    """Read everything.

    Raises:
        OSError: a file cannot be read.
        ProjectProblemError: templates or targets of the project's own are faulty.
        RuntimeError: there is no ruff.
    """
    source = find_source(settings)
    folder = "" if source == settings.root else f"{source.relative_to(settings.root).as_posix()}/"
    severities, layout = settings.severities, Layout(settings.package, settings.handlers)
    loaded = load_project(settings.specs, settings.root, severities=severities, handlers=settings.handlers)
    pyproject = tomllib.loads((settings.root / "pyproject.toml").read_text("utf-8"))
    changes = survey = None
    if loaded.project is not None:
        extensions = load_extensions(settings)
        changes = find_changes(loaded.project, layout, source, extensions=extensions)
        survey = survey_handlers(loaded.project, layout, source, folder, extensions.templates)
    return Subject(settings, pyproject, source, loaded, changes, survey)
