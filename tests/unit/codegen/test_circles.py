"""Types that refer to each other share a module; which ones is a question about graphs."""

from collections.abc import Mapping

from hypothesis import given, strategies as st

from surestep_codegen.plan.circles import find_circles

NODES = "abcdef"
GRAPHS = st.fixed_dictionaries({node: st.frozensets(st.sampled_from(NODES)) for node in NODES})


def test_nodes_in_a_circle_are_one_part() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"d"}, "e": set[str]()}
    circle = ("a", "b", "c")
    assert find_circles(edges) == {"a": circle, "b": circle, "c": circle, "d": ("d",), "e": ("e",)}


@given(GRAPHS)
def test_two_nodes_are_in_one_part_exactly_when_each_reaches_the_other(edges: Mapping[str, frozenset[str]]) -> None:
    reachable = {node: reach(edges, node) for node in edges}
    expected = {a: tuple(b for b in NODES if a == b or (b in reachable[a] and a in reachable[b])) for a in NODES}
    assert find_circles(edges) == expected


def reach(edges: Mapping[str, frozenset[str]], start: str) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        for target in edges[pending.pop()] - found:
            found.add(target)
            pending.append(target)
    return found
