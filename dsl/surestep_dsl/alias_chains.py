"""Cuts aliases that never end: circles, and chains longer than anybody can follow.

A cut alias becomes json, so every later stage may simply follow names.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from surestep_dsl.codes import find
from surestep_dsl.datatypes import (
    AliasDef,
    DataType,
    EnumOf,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectOf,
    Scalar,
    ScalarKind,
    TypeDef,
    UnionOf,
)
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.limits import MAX_ALIAS_CHAIN
from surestep_dsl.places import Places
from surestep_dsl.strong_components import strong_components

__all__ = ["cut_endless_aliases"]


def cut_endless_aliases(types: Mapping[str, TypeDef], places: Places) -> tuple[dict[str, TypeDef], list[Diagnostic]]:
    """The types without endless aliases, and what was cut."""
    aliases = {name: definition for name, definition in types.items() if isinstance(definition, AliasDef)}
    named = {name: {other for other in _named_in(alias.of) if other in aliases} for name, alias in aliases.items()}
    circular = _on_circles(named)
    reasons = {name: ("T108", f"`{name}` leads only back to itself") for name in circular}
    for name in _too_deep({name: others - circular for name, others in named.items() if name not in circular}):
        reasons[name] = ("T117", f"`{name}` stands on more than {MAX_ALIAS_CHAIN} aliases of aliases")
    cut = {name: replace(aliases[name], of=Scalar(ScalarKind.JSON)) for name in reasons}
    found = [
        find(code, message, places["types", name], "name the type that is meant")
        for name, (code, message) in sorted(reasons.items())
    ]
    return {**types, **cut}, found


def _named_in(data_type: DataType) -> set[str]:
    """Names that are reached with no object, list or map in between."""
    match data_type:
        case Named(name):
            return {name}
        case Nullable(of):
            return _named_in(of)
        case UnionOf(members):
            return {name for member in members for name in _named_in(member)}
        case Scalar() | ListOf() | MapOf() | EnumOf() | ObjectOf():
            return set()


def _on_circles(edges: Mapping[str, set[str]]) -> set[str]:
    components = strong_components(edges)
    return {name for component in components for name in component if len(component) > 1 or name in edges[name]}


def _too_deep(edges: Mapping[str, set[str]]) -> set[str]:
    return {name for name, height in _heights(edges).items() if height and height % (MAX_ALIAS_CHAIN + 1) == 0}


def _heights(edges: Mapping[str, set[str]]) -> dict[str, int]:
    """Longest way to an end, for each node from which every way ends."""
    sources: dict[str, list[str]] = defaultdict(list)
    open_ways = {name: len(others) for name, others in edges.items()}
    for name, others in edges.items():
        for other in others:
            sources[other].append(name)
    heights: dict[str, int] = {}
    ready = [name for name, count in open_ways.items() if count == 0]
    while ready:
        name = ready.pop()
        heights[name] = 1 + max((heights[other] for other in edges[name]), default=-1)
        for source in sources[name]:
            open_ways[source] -= 1
            if open_ways[source] == 0:
                ready.append(source)
    return heights
