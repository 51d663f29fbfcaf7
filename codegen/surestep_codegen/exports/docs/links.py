"""Where entries are: one file for each section, or one for all; and the names that parts of a page can be linked by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from surestep_codegen.exports.docs.model import Link, Page
from surestep_dsl.graph import Node, NodeKind
from surestep_dsl.model import Project

__all__ = ["Links", "anchor"]

_SECTIONS: Final[Mapping[str, str]] = {
    "events": "event",
    "functions": "function",
    "types": "type",
    "jobs": "job",
}
"""Each with what its anchors begin with."""


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links for one set of pages; what has no entry, as a system event, is plain text.

    Attributes:
        suffix: of file names, with the dot; empty where everything stands in one document.
    """

    project: Project
    suffix: str

    @property
    def pages(self) -> tuple[Page, ...]:
        """The files, the index first; sections without entries have none."""
        names = {"events": self.project.events, "functions": self.project.functions}
        names |= {"types": self.project.types, "jobs": self.project.jobs}
        sections = [section for section in _SECTIONS if names[section]]
        if not self.suffix:
            return (Page("", self.project.app, ("index", *sections)),)
        index = Page(f"index{self.suffix}", self.project.app, ("index",))
        return (index, *(Page(f"{name}{self.suffix}", name.capitalize(), (name,)) for name in sections))

    def section(self, name: str) -> Link:
        """A link to a section's heading."""
        return Link(name.capitalize(), f"{name}{self.suffix}" if self.suffix else f"#{name}")

    def event(self, name: str) -> Link:
        """A link to an event."""
        return self._link("events", name, known=name in self.project.events)

    def function(self, name: str) -> Link:
        """A link to a function."""
        return self._link("functions", name)

    def type(self, name: str) -> Link:
        """A link to a named type."""
        return self._link("types", name)

    def job(self, name: str) -> Link:
        """A link to a job."""
        return self._link("jobs", name)

    def node(self, node: Node) -> Link:
        """A link to what a node of the graph is or belongs to."""
        return self.event(node.name) if node.kind is NodeKind.EVENT else self.function(node.name)

    def _link(self, section: str, name: str, *, known: bool = True) -> Link:
        file = f"{section}{self.suffix}" if self.suffix else ""
        return Link(name, f"{file}#{anchor(_SECTIONS[section], name)}" if known else "")


def anchor(kind: str, name: str) -> str:
    """The name of an entry in links; a function of kind and name alone, so it stays what it is."""
    return f"{kind}-{quote(name, safe='/')}"
