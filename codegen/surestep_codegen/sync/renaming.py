"""Mends imports of what the generated package calls otherwise now: the package itself, or a class of a function."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple
from typing import Final

from surestep_codegen.plan.function_names import function_names
from surestep_codegen.sync.annotations import annotations_of, spelled_name
from surestep_codegen.sync.bindings import Binding, Names, imported_module
from surestep_codegen.sync.handlers import FoundHandler
from surestep_codegen.sync.source_file import Edit, SourceFile
from surestep_codegen.sync.wanted import Generated, WantedHandler

__all__ = ["rename_classes", "rename_packages"]

_FROM: Final = re.compile(rb"from(\s*|\s*\\\s*)(\S.*?)(\s+|\s*\\\s*)import\b", re.DOTALL)


def rename_packages(file: SourceFile, found: Iterable[FoundHandler], generated: Generated) -> Iterator[Edit]:
    """Imports from where the generated package was, if the same module is where it is now.

    Raises:
        RefusalError: the old name stands in code.
    """
    old = {handler.package for handler in found} - {generated.package}
    for node in ast.walk(file.tree) if old else ():
        match node:
            case ast.Import():
                yield from _rename_modules(file, node, old, generated)
            case ast.ImportFrom():
                yield from _rename_origin(file, node, old, generated)
            case _:
                pass


def _rename_modules(file: SourceFile, node: ast.Import, old: Iterable[str], generated: Generated) -> Iterator[Edit]:
    for alias in node.names:
        new = _moved(alias.name, old, generated)
        if new is not None and alias.asname is None:
            hint = "write `from ... import ...`, or change the name by hand wherever it stands"
            raise file.refuse("K210", f"`{alias.name}` is {new} now", node, hint)
        if new is not None:
            yield Edit(file.start(alias), file.start(alias) + len(alias.name.encode()), new.encode())


def _rename_origin(file: SourceFile, node: ast.ImportFrom, old: Iterable[str], generated: Generated) -> Iterator[Edit]:
    module = imported_module(node, file.package)
    new = _moved(module, old, generated)
    if new is None and any(_moved(f"{module}.{alias.name}", old, generated) for alias in node.names):
        hint = "import from the package by its new name"
        raise file.refuse("K210", f"the generated package is {generated.package} now", node, hint)
    match = _FROM.match(file.content, file.start(node), file.end(node))
    if new is not None and match is not None:
        yield Edit(*match.span(2), new.encode() if match[1] else b" " + new.encode())


def _moved(module: str, old: Iterable[str], generated: Generated) -> str | None:
    """What a module is called now; None for one that has not moved."""
    for package in old:
        if module == package or module.startswith(f"{package}."):
            new = f"{generated.package}{module.removeprefix(package)}"
            return new if new in generated.modules else None
    return None


def rename_classes(
    file: SourceFile,
    names: Names,
    found: Iterable[FoundHandler],
    wanted: Mapping[tuple[str, str | None], WantedHandler],
    generated: Generated,
) -> Iterator[Edit]:
    """Imports of a function's classes, where they and the code use names that the generated module has no more.

    Raises:
        RefusalError: it cannot be told what the new name is, or it means something else in the module.
    """
    for name, binding in names.imports():
        module, _, imported = (binding.target or "").rpartition(".")
        known = generated.names(module) if isinstance(binding.statement, ast.ImportFrom) else None
        if known is None or imported in known or f"{module}.{imported}" in generated.modules:
            continue
        new = _new_name(name, module, imported, found, wanted)
        if new is None:
            hint = "remove the import and what uses it, or import what took its place"
            raise file.refuse("K210", f"{module} has no `{imported}`", binding.statement, hint)
        yield from _rename(file, names, name, binding, new)


def _new_name(
    local: str,
    module: str,
    imported: str,
    found: Iterable[FoundHandler],
    wanted: Mapping[tuple[str, str | None], WantedHandler],
) -> str | None:
    """By its use as annotation or decorator of a handler; else by how it ends."""
    by_use: set[str] = set()
    for handler in found:
        asked = wanted.get((handler.stem, handler.role))
        if asked is None:
            continue
        if (spelled_name(handler.decorator) or "").partition(".")[0] == local:
            by_use.add(asked.plan.decorator.partition(".")[0])
        by_use |= {part.wanted for part in annotations_of(handler.node, asked.plan) if part.name == local}
    if len(by_use) == 1:
        return by_use.pop()
    return None if by_use else _name_by_ending(module, imported, wanted.values())


def _name_by_ending(module: str, imported: str, wanted: Iterable[WantedHandler]) -> str | None:
    """`ProcessOrderResult` for any name that ends with `Result`; of several endings the longest counts."""
    function = next((asked.function for asked in wanted if asked.module == module), None)
    if function is None:
        return None
    names = function_names(function.id)
    fitting = (name for name in astuple(names) if imported.endswith(name.removeprefix(names.declaration) or "-"))
    return max(fitting, key=len, default=None)


def _rename(file: SourceFile, names: Names, local: str, binding: Binding, new: str) -> Iterator[Edit]:
    alias = binding.alias
    if alias is None:
        return
    start = file.start(alias)
    yield Edit(start, start + len(alias.name.encode()), new.encode())
    if alias.asname is not None:
        return
    if names.targets(new):
        hint = "remove one of the two imports by hand"
        raise file.refuse("K204", f"`{local}` is `{new}` now, and that name is in use", binding.statement, hint)
    for node in ast.walk(file.tree):
        is_rebound = isinstance(node, ast.Name) and node.id == local and not isinstance(node.ctx, ast.Load)
        if is_rebound or (isinstance(node, ast.arg) and node.arg == local):
            raise file.refuse("K204", f"`{local}` means more than one thing in this module", None, f"rename to `{new}`")
        if isinstance(node, ast.Name) and node.id == local:
            yield Edit(file.start(node), file.end(node), new.encode())
