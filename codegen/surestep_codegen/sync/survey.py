"""Reads all modules of handlers and says what has to change in each, and what is left to the user.

Changes nothing. A file that cannot be decided about is left alone as a whole, with a finding that says why.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from surestep_codegen.custom_templates import BUILT_IN, Templates
from surestep_codegen.generate import find_missing_stubs
from surestep_codegen.plan.index import Index, Layout
from surestep_codegen.plan.model import FunctionModule, LazyPackage
from surestep_codegen.plan.project import Plan, plan_project
from surestep_codegen.project_codes import report
from surestep_codegen.render import render_module
from surestep_codegen.sync.bindings import Names, find_names
from surestep_codegen.sync.handlers import FoundHandler, find_handlers
from surestep_codegen.sync.mend import Task, mend_file
from surestep_codegen.sync.source_file import RefusalError, SourceFile, parse_file
from surestep_codegen.sync.wanted import (
    Generated,
    WantedHandler,
    WantedUpcaster,
    find_wanted_handlers,
    find_wanted_upcasters,
)
from surestep_dsl.diagnostics import Diagnostic, Related
from surestep_dsl.model import Project

__all__ = ["FileChange", "Survey", "survey_handlers"]

_Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is not as the specs want it; `before` is None for a new one."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        changes: sorted by path, relative to the directory that holds the top packages.
        diagnostics: what only the user can decide, sorted by place.
    """

    changes: tuple[FileChange, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class _Module:
    file: SourceFile
    names: Names
    handlers: list[FoundHandler]


def survey_handlers(
    project: Project, layout: Layout, source: Path, folder: str, templates: Templates = BUILT_IN
) -> Survey:
    """Hold the user's modules against the specs.

    Args:
        project: the checked project.
        layout: names of the packages.
        source: the directory that holds the top packages.
        folder: what leads to it from the project's root, empty or ending in a slash.
        templates: how stubs are spelled.

    Raises:
        OSError: a file cannot be read.
        RuntimeError: there is no ruff, or a template of the user's is faulty.
    """
    plan, index = plan_project(project, layout), Index(project, layout)
    wanted, upcasters = find_wanted_handlers(index), list(find_wanted_upcasters(index))
    stems = {stem for stem, _ in wanted}
    places = {one.place for one in wanted.values()} | {one.place for one in upcasters}
    diagnostics: list[Diagnostic] = []
    modules: list[_Module] = []
    for path in _find_files(source, layout.handlers, places):
        try:
            file = parse_file(path, (source / path).read_bytes(), folder)
            names = find_names(file)
            modules.append(_Module(file, names, find_handlers(file, names, layout.package, stems)))
        except RefusalError as refusal:
            diagnostics.append(refusal.diagnostic)
    found = _by_key(modules)
    diagnostics += [*_find_doubles(found), *_find_strays(found, wanted), *_find_misplaced(modules, found, wanted)]
    missing = [one for key, one in wanted.items() if key not in found]
    tasks = _Tasks(Task(wanted, stems, (), (), _generated(plan, layout), templates), missing, upcasters)
    changes = []
    for module in modules:
        try:
            change = _mend(module, tasks, found)
        except RefusalError as refusal:
            diagnostics.append(refusal.diagnostic)
            continue
        if change is not None:
            changes.append(change)
    changes += _new_files(find_missing_stubs(plan, source, templates), wanted, found)
    diagnostics.sort(key=lambda one: (one.span, one.code))
    return Survey(tuple(sorted(changes, key=lambda change: change.path)), tuple(diagnostics))


def _find_files(source: Path, handlers: str, places: Iterable[str]) -> list[str]:
    """All modules under the package of handlers, and wherever else the specs say that handlers are."""
    found = {path for path in (source / handlers.replace(".", "/")).rglob("*.py") if path.is_file()}
    for place in places:
        stem = source / place.replace(".", "/")
        found.update(path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file())
    return sorted(path.relative_to(source).as_posix() for path in found)


def _by_key(modules: Iterable[_Module]) -> dict[_Key, list[FoundHandler]]:
    found: dict[_Key, list[FoundHandler]] = {}
    for module in modules:
        for handler in module.handlers:
            found.setdefault((handler.stem, handler.role), []).append(handler)
    return found


def _find_doubles(found: Mapping[_Key, list[FoundHandler]]) -> Iterator[Diagnostic]:
    for (stem, role), handlers in found.items():
        if len(handlers) > 1:
            decorator = f"@{stem}" if role is None else f"@{stem}.{role}"
            first, *others = handlers
            related = (Related(one.file.span(one.node), "and here") for one in others)
            hint = "remove the decorator of all but one"
            message = f"{len(handlers)} functions are decorated with `{decorator}`"
            yield report("K205", message, first.file.span(first.node), hint, *related)


def _find_strays(
    found: Mapping[_Key, list[FoundHandler]], wanted: Mapping[_Key, WantedHandler]
) -> Iterator[Diagnostic]:
    for key, handlers in found.items():
        for handler in handlers if key not in wanted else ():
            what = "function" if handler.role is None or (handler.stem, None) not in wanted else f"`{handler.role}`"
            message = f"no spec declares the {what} of `@{handler.stem}`, which `{handler.node.name}` handles"
            yield report("K211", message, handler.file.span(handler.node), "delete it, or declare it")


def _find_misplaced(
    modules: Iterable[_Module], found: Mapping[_Key, list[FoundHandler]], wanted: Mapping[_Key, WantedHandler]
) -> Iterator[Diagnostic]:
    names = {module.file.module: module.names for module in modules}
    for key, asked in wanted.items():
        for handler in found[key] if len(found.get(key, ())) == 1 else ():
            is_there = handler.file.module == asked.place and handler.node.name == asked.plan.name
            is_imported = asked.place in names and bool(names[asked.place].targets(asked.plan.name) - {None})
            if not is_there and not is_imported:
                message = f"the {asked.title} is looked for as `{asked.plan.name}` in {asked.place}"
                hint = "move or rename it" + (
                    f", or write `handler: {handler.file.module}:{handler.node.name}` in the spec"
                    if asked.plan.role is None
                    else ""
                )
                yield report("K207", message, handler.file.span(handler.node), hint)


class _Tasks:
    """One for each file."""

    def __init__(self, task: Task, missing: Iterable[WantedHandler], upcasters: Iterable[WantedUpcaster]) -> None:
        self._task = task
        self._missing: dict[str, list[WantedHandler]] = {}
        self._upcasters: dict[str, list[WantedUpcaster]] = {}
        for handler in missing:
            self._missing.setdefault(handler.place, []).append(handler)
        for upcaster in upcasters:
            self._upcasters.setdefault(upcaster.place, []).append(upcaster)

    def of(self, module: str) -> Task:
        """What a module may be held against."""
        missing, upcasters = self._missing.get(module, ()), self._upcasters.get(module, ())
        return replace(self._task, missing=missing, upcasters=upcasters)


def _mend(module: _Module, tasks: _Tasks, found: Mapping[_Key, list[FoundHandler]]) -> FileChange | None:
    """None for a file that is as it should be, or that has one of two handlers of a function."""
    file = module.file
    if any(len(found[handler.stem, handler.role]) > 1 for handler in module.handlers):
        return None
    after = mend_file(file, tasks.of(file.module))
    return None if after == file.content else FileChange(file.path, file.content, after)


def _new_files(
    stubs: Mapping[str, str], wanted: Mapping[_Key, WantedHandler], found: Collection[_Key]
) -> Iterator[FileChange]:
    """What `generate` would write, but for modules whose handlers are somewhere else."""
    elsewhere = {one.place.replace(".", "/") + ".py" for key, one in wanted.items() if key in found}
    for path, text in stubs.items():
        if path not in elsewhere:
            yield FileChange(path, None, text.encode())


def _generated(plan: Plan, layout: Layout) -> Generated:
    modules = {_module_of(one.path): one for one in plan.generated}

    @cache
    def names(module: str) -> Collection[str] | None:
        match modules.get(module):
            case FunctionModule() as one:
                return _top_names(render_module(one))
            case LazyPackage() as one if module == f"{layout.package}.functions":
                return {name for name, _ in one.names}
            case _:
                return None

    return Generated(layout.package, names, modules.keys())


def _module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _top_names(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(source).body:
        match node:
            case ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.ImportFrom(names=aliases):
                names.update(alias.asname or alias.name for alias in aliases)
            case _:
                pass
    return names
