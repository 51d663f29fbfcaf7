"""The app of the project that the current directory lies in, imported to be asked and not to be served."""

from pathlib import Path
from typing import TYPE_CHECKING

from surestep.cli.problem import FindingError
from surestep.cli.project import load_here, show_findings
from surestep.cli.user_code import load_registry

if TYPE_CHECKING:
    from surestep.authoring.registry import Registry

__all__ = ["find_source_here", "load_registry_here"]


def find_source_here() -> tuple[Path, str]:
    """The directory that the project's packages lie in, and the dotted name of the generated one.

    Raises:
        FindingError: there is no project, or its settings are wrong.
    """
    from surestep_dsl.settings import find_source

    found = load_here()
    if found.settings is None:
        show_findings(found.loaded, err=True)
        raise FindingError("there are no settings that could be used")
    return find_source(found.settings), found.settings.package


def load_registry_here() -> "Registry":
    """The registry of the generated package, with every handler imported.

    Raises:
        FindingError: there is no project, or its code cannot be imported.
    """
    return load_registry(*find_source_here())
