"""Spells a graph as a Mermaid flowchart or in Graphviz' DOT; no name can break out of its quotes."""

from collections.abc import Iterator
from itertools import groupby

from surestep_dsl.graph import Graph, Node, NodeKind

__all__ = ["render_dot", "render_mermaid"]

_SHAPES = {
    NodeKind.EVENT: ("([", "])", "ellipse"),
    NodeKind.FUNCTION: ("[", "]", "box"),
    NodeKind.STEP: ("(", ")", "note"),
}
"""For each kind the brackets of Mermaid and the shape of DOT."""


def render_mermaid(graph: Graph) -> str:
    """A flowchart; dashed arrows have a condition. Nodes are numbered, because Mermaid's ids take few characters."""
    ids = {node: f"n{number}" for number, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for number, nodes in enumerate(_groups(graph)):
        shown = [f"{ids[node]}{_mermaid_node(node)}" for node in nodes]
        if len(nodes) > 1:
            shown = [f'subgraph g{number}["{_mermaid(nodes[0].name)}"]', *(f"  {line}" for line in shown), "end"]
        lines += (f"  {line}" for line in shown)
    for edge in graph.edges:
        arrow = f"-. {edge.label} .->" if edge.is_conditional else f"-- {edge.label} -->"
        lines.append(f"  {ids[edge.source]} {arrow} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def render_dot(graph: Graph) -> str:
    """A directed graph; dashed arrows have a condition."""
    lines = ["digraph {", "  rankdir=LR;"]
    for nodes in _groups(graph):
        shown = [_dot_node(node) for node in nodes]
        if len(nodes) > 1:
            title = f"label={_dot(nodes[0].name)};"
            shown = [f"subgraph {_dot(f'cluster {nodes[0].name}')} {{", *(f"  {line}" for line in (title, *shown)), "}"]
        lines += (f"  {line}" for line in shown)
    for edge in graph.edges:
        style = ", style=dashed" if edge.is_conditional else ""
        lines.append(f"  {_dot_id(edge.source)} -> {_dot_id(edge.target)} [label={_dot(edge.label)}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _groups(graph: Graph) -> Iterator[list[Node]]:
    """Each event alone, each function with its steps."""
    for _, nodes in groupby(graph.nodes, key=lambda node: (node.kind is NodeKind.EVENT, node.name)):
        yield list(nodes)


def _mermaid_node(node: Node) -> str:
    opening, closing, _ = _SHAPES[node.kind]
    text = "<br/>".join(_mermaid(line) for line in (node.step or node.name, *node.notes))
    return f'{opening}"{text}"{closing}'


def _mermaid(text: str) -> str:
    """Text between quotes: whatever Mermaid or HTML could read as more than a character becomes its number."""
    return "".join(
        character if character.isalnum() or character in " _./:,-" else f"#{ord(character)};" for character in text
    )


def _dot_node(node: Node) -> str:
    label = _dot("\n".join((node.step or node.name, *node.notes)))
    return f"{_dot_id(node)} [label={label}, shape={_SHAPES[node.kind][2]}];"


def _dot_id(node: Node) -> str:
    return _dot(" ".join(part for part in node.key if part))


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
