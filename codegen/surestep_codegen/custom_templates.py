"""Templates of the user's that stand in for those of the generator; read here, spelled by `render`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from surestep_codegen.project_codes import report
from surestep_codegen.project_problem import ProjectProblemError
from surestep_dsl.diagnostics import Span
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import SourceText
from surestep_dsl.settings import Settings, find_setting

__all__ = ["BUILT_IN", "TEMPLATES", "Templates", "load_templates"]

TEMPLATES: Final = Path(__file__).with_name("templates")
"""Where those of the generator are."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The user's templates.

    Attributes:
        folder: as the settings name it; empty where there is none.
        texts: name and text of each, sorted.
    """

    folder: str = ""
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def by_name(self) -> Mapping[str, str]:
        """Their texts."""
        return dict(self.texts)

    def file(self, name: str) -> str:
        """Where a template is, seen from the project's root."""
        return f"{self.folder}/{name}"

    def problem(self, code: str, message: str, name: str, line: int, hint: str) -> ProjectProblemError:
        """The error to raise about a line of a template."""
        source = SourceText(self.file(name), self.by_name.get(name, ""))
        shown = source.line(line)
        column = len(shown) - len(shown.lstrip()) + 1
        span = Span(source.file, line, column, line, max(len(shown) + 1, column))
        return ProjectProblemError([report(code, message, span, hint)], source)


BUILT_IN: Final = Templates()
"""None of the user's."""


def load_templates(settings: Settings) -> Templates:
    """The user's templates.

    Raises:
        ProjectProblemError: the directory is not there, or a file in it stands in for nothing or cannot be read.
    """
    if settings.templates is None:
        return BUILT_IN
    folder = settings.root / settings.templates
    if not folder.is_dir():
        source = SourceText("pyproject.toml", (settings.root / "pyproject.toml").read_text("utf-8"))
        message = f"there is no directory {settings.templates}"
        hint = "create it, or take the setting out"
        raise ProjectProblemError([report("K411", message, find_setting(source, "templates"), hint)], source)
    known = [path.name for path in sorted(TEMPLATES.glob("*.jinja"))]
    texts = []
    for path in sorted(folder.glob("*.jinja")):
        place = Span(f"{settings.templates}/{path.name}", 1, 1, 1, 1)
        if path.name not in known:
            nearest = did_you_mean(path.name, known, f"templates are {', '.join(known)}")
            raise ProjectProblemError([report("K412", f"the generator has no template {path.name}", place, nearest)])
        try:
            texts.append((path.name, path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            raise ProjectProblemError([report("K411", f"the template cannot be read: {error}", place)]) from None
    return Templates(settings.templates, tuple(texts))
