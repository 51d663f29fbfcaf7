"""Which names refer to each other in a circle: the strongly connected parts of a graph (Tarjan, without recursion)."""

from collections.abc import Collection, Iterator, Mapping

__all__ = ["find_circles"]


def find_circles(edges: Mapping[str, Collection[str]]) -> dict[str, tuple[str, ...]]:
    """For each node the sorted nodes of its part. A node in no circle is alone in its part."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    parts: dict[str, tuple[str, ...]] = {}
    for root in sorted(edges):
        if root in order:
            continue
        work: list[tuple[str, Iterator[str]]] = [_enter(root, edges, order, low, stack)]
        while work:
            node, targets = work[-1]
            target = next(targets, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    at = stack.index(node)
                    part = tuple(sorted(stack[at:]))
                    del stack[at:]
                    parts.update(dict.fromkeys(part, part))
            elif target not in order:
                work.append(_enter(target, edges, order, low, stack))
            elif target not in parts:
                low[node] = min(low[node], order[target])
    return parts


def _enter(
    node: str, edges: Mapping[str, Collection[str]], order: dict[str, int], low: dict[str, int], stack: list[str]
) -> tuple[str, Iterator[str]]:
    order[node] = low[node] = len(order)
    stack.append(node)
    return node, iter(sorted(edges[node]))
