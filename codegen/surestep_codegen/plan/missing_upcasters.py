"""Upcasters that nobody has written: found at generation, so that no old event is the first to notice.

A stub is written where a whole module is missing. A module that is there belongs to the user, so what it lacks is told.
"""

import ast
from collections.abc import Iterator, Mapping
from typing import Final

from surestep_codegen.plan.index import Index
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.versions import lifts, upcaster_module
from surestep_dsl.diagnostics import Diagnostic, Severity

__all__ = ["find_missing_upcasters"]

_CODE: Final = "K201"


def find_missing_upcasters(index: Index, modules: Mapping[str, str]) -> Iterator[Diagnostic]:
    """One finding for each older version without its upcaster, at the version in the specs.

    Args:
        index: the project and its places.
        modules: the user's modules of upcasters that exist, by path. One that is no Python is left to the type checker.
    """
    for event in index.project.events.values():
        path = module_path(upcaster_module(index, event))
        if not event.previous or (defined := _defined(modules.get(path))) is None:
            continue
        for lift in lifts(index, event):
            if lift.upcaster not in defined:
                place = ("events", event.name, "previous", lift.position)
                yield Diagnostic(
                    _CODE,
                    Severity.ERROR,
                    f"nothing lifts `{event.name}` from version `{lift.version}` to `{lift.newer}`",
                    index.project.places.get((*place, "version"), index.project.places[place]),
                    f"write `{lift.upcaster}` in {path}; `surestep sync --write` appends a stub",
                )


def _defined(source: str | None) -> set[str] | None:
    """The names that a module defines or imports."""
    try:
        body = ast.parse(source).body if source is not None else None
    except (SyntaxError, ValueError):
        return None
    if body is None:
        return None
    names: set[str] = set()
    for found in body:
        match found:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                names.update(alias.asname or alias.name for alias in imported)
            case ast.Assign(targets=targets):
                names.update(target.id for target in targets if isinstance(target, ast.Name))
            case _:
                pass
    return names
