"""Who sends, starts, waits, cancels and invokes: the graph as seen from each event and function."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from surestep_codegen.exports.docs.links import Links
from surestep_codegen.exports.docs.model import Flow, Link, Relation
from surestep_dsl.graph import Edge, Graph, NodeKind

__all__ = ["STARTED_BY", "Relations"]

STARTED_BY: Final = "Started by"

_INTO: Final = {
    "sends": "Sent by",
    "starts": STARTED_BY,
    "answers": "Waits for",
    "cancels": "Cancelled by",
    "invokes": "Invoked by",
}
_OUT: Final = {
    "sends": "Sends",
    "starts": "Starts",
    "answers": "Ends a wait of",
    "cancels": "Cancels",
    "invokes": "Invokes",
}
"""What edges are called at their end and at their beginning."""


@dataclass(frozen=True, slots=True)
class Relations:
    """The graph of one project, ready to be asked about its nodes; edges are indexed by what they touch."""

    links: Links
    incoming: dict[tuple[NodeKind, str], list[Edge]]
    outgoing: dict[tuple[NodeKind, str], list[Edge]]

    @classmethod
    def of(cls, graph: Graph, links: Links) -> "Relations":
        """Sort the edges by their ends; a step counts as its function."""
        relations = cls(links, {}, {})
        for edge in graph.edges:
            relations.outgoing.setdefault(_key(edge.source.kind, edge.source.name), []).append(edge)
            relations.incoming.setdefault(_key(edge.target.kind, edge.target.name), []).append(edge)
        return relations

    def about(self, kind: NodeKind, name: str) -> tuple[Relation, ...]:
        """Everything that leads to a node, then everything that it leads to."""
        key = _key(kind, name)
        return (
            *self._group(self.incoming.get(key, ()), _INTO, lambda edge: self.links.node(edge.source)),
            *self._group(self.outgoing.get(key, ()), _OUT, lambda edge: self.links.node(edge.target)),
        )

    def flow(self, kind: NodeKind, name: str, here: Link) -> Flow:
        """The node with its neighbours."""
        key = _key(kind, name)
        sources = dict.fromkeys(self.links.node(edge.source) for edge in self.incoming.get(key, ()))
        targets = dict.fromkeys(self.links.node(edge.target) for edge in self.outgoing.get(key, ()))
        return Flow(tuple(sources), here, tuple(targets))

    def _group(
        self, edges: Iterable[Edge], labels: dict[str, str], link: Callable[[Edge], Link]
    ) -> tuple[Relation, ...]:
        found: dict[str, dict[tuple[Link, bool], None]] = {}
        for edge in edges:
            found.setdefault(labels[edge.label], {})[link(edge), edge.is_conditional] = None
        return tuple(Relation(label, tuple(links)) for label, links in found.items())


def _key(kind: NodeKind, name: str) -> tuple[NodeKind, str]:
    return (NodeKind.EVENT if kind is NodeKind.EVENT else NodeKind.FUNCTION), name
