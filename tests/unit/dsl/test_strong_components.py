from hypothesis import given, strategies as st

from surestep_dsl.strong_components import strong_components

EDGES = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4))


def test_nodes_that_reach_each_other_are_together() -> None:
    edges = {"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": ["e"], "e": ["d"], "f": ["f"]}

    assert sorted(sorted(found) for found in strong_components(edges)) == [["a", "b", "c"], ["d", "e"], ["f"]]


@given(EDGES)
def test_it_agrees_with_walking_from_every_node(edges: dict[int, list[int]]) -> None:
    nodes = {*edges, *(target for targets in edges.values() for target in targets)}
    reach = {node: {node} for node in nodes}
    for _ in nodes:
        for node in nodes:
            reach[node] |= {far for near in edges.get(node, []) for far in reach[near]}
    expected = {frozenset(other for other in reach[node] if node in reach[other]) for node in nodes}

    found = [frozenset(component) for component in strong_components(edges)]
    assert set(found) == expected
    assert len(found) == len(expected)


def test_a_long_chain_needs_no_recursion() -> None:
    assert len(list(strong_components({n: [n + 1] for n in range(100_000)}))) == 100_001
