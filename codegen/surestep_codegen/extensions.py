"""What users add to the generator: templates of their own, and further targets."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from surestep_codegen.custom_templates import BUILT_IN, Templates, load_templates
from surestep_codegen.targets.target import Target
from surestep_dsl.settings import Settings

__all__ = ["NO_EXTENSIONS", "Extensions", "load_extensions"]


@dataclass(frozen=True, slots=True)
class Extensions:
    """What one project adds.

    Attributes:
        root: its directory, below which targets write; None where no project is around.
    """

    root: Path | None = None
    templates: Templates = BUILT_IN
    targets: tuple[Target, ...] = ()


NO_EXTENSIONS: Final = Extensions()


def load_extensions(settings: Settings) -> Extensions:
    """What the settings name.

    Raises:
        ProjectProblemError: something of it is not there or cannot be loaded.
    """
    return Extensions(settings.root, load_templates(settings), _load_targets(settings))


def _load_targets(settings: Settings) -> tuple[Target, ...]:
    """Where there are none, which is usual, the exports that ours are made of are not even imported."""
    if not settings.targets:
        return ()
    from surestep_codegen.targets.load import load_targets  # noqa: PLC0415 -- a third of the start of a small run

    return load_targets(settings)
