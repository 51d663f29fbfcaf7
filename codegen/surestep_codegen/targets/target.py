"""What a package has to offer to add a target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surestep_dsl.model import Project

__all__ = ["Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be written from a checked project.

    Attributes:
        name: what the setting `targets` calls it, and the name of its entry point in the group `surestep.targets`.
        render: the text of each file by its path, relative to the project's root, with forward slashes. It is pure: it
            reads and writes nothing, and equal projects give equal texts.
    """

    name: str
    render: Callable[[Project], Mapping[str, str]]
