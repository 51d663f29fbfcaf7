"""Strong components of a directed graph: nodes that all reach each other. Linear, without recursion."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

__all__ = ["strong_components"]

_Node = TypeVar("_Node", bound=Hashable)


def strong_components(edges: Mapping[_Node, Iterable[_Node]]) -> Iterator[tuple[_Node, ...]]:
    """Every component once, also those of one node, whether or not it leads to itself.

    Args:
        edges: for each node those that it leads to; nodes that lead nowhere may be missing.
    """
    backwards: dict[_Node, list[_Node]] = defaultdict(list)
    for node, targets in edges.items():
        for target in targets:
            backwards[target].append(node)
    seen: set[_Node] = set()
    for root in reversed(_leaving_order(edges)):
        if root not in seen:
            yield tuple(_reach(root, backwards, seen))


def _leaving_order(edges: Mapping[_Node, Iterable[_Node]]) -> list[_Node]:
    """Nodes in the order in which a walk into the depth leaves them for good."""
    order: list[_Node] = []
    seen: set[_Node] = set()
    for root in list(edges):
        waiting = [(root, False)]
        while waiting:
            node, is_done = waiting.pop()
            if is_done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting.append((node, True))
                waiting.extend((target, False) for target in edges.get(node, ()) if target not in seen)
    return order


def _reach(root: _Node, edges: Mapping[_Node, Iterable[_Node]], seen: set[_Node]) -> Iterator[_Node]:
    seen.add(root)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        found = [target for target in edges.get(node, ()) if target not in seen]
        seen.update(found)
        waiting += dict.fromkeys(found)
