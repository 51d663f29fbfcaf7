"""Finds and reads the modules of a program below its roots, each once, or takes what an earlier run knew of them."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from surestep_codegen.lint.facts import ModuleFacts
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.parsing import ParsedModule, parse_module, unreadable
from surestep_codegen.lint.reading import read_module
from surestep_codegen.lint.rule import Rule
from surestep_codegen.lint.sight import Sight
from surestep_codegen.lint.store import FactsStore

__all__ = ["ModuleReader", "find_modules", "find_root", "module_name_of", "without_collector"]

_SKIPPED: Final = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(slots=True)
class ModuleReader:
    """Reads modules of the roots, in whose order they are looked for.

    Attributes:
        roots: directories that module names start from.
        base: what shown names of files are relative to, where they lie below it.
        rules: what to look for in functions that make steps; facts found without are kept apart from those found with.
        store: what earlier runs knew.
        overlay: other contents for some files, by their shown names.
        sight: what was seen of the disk.
        is_empty: whether all that matters of a module is that it is there, so that it need not be parsed.
    """

    roots: Sequence[Path]
    signs: HandlerSigns
    base: Path
    rules: Sequence[Rule]
    store: FactsStore
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    sight: Sight = field(default_factory=Sight)
    is_empty: Callable[[bytes], bool] = lambda _: False
    _folders: dict[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._folders[""] = list(map(str, self.roots))

    def load(self, name: str) -> ModuleFacts | None:
        """The facts of a module, None where no root has it, or it is generated."""
        package = self.signs.package
        if package and (name == package or name.startswith(f"{package}.")):
            return None
        path = self._find(name)
        return self.read(path, name) if path else None

    def _find(self, name: str) -> str:
        """The file of a module; empty where there is none."""
        above, _, last = name.rpartition(".")
        for folder in self._folders_of(above):
            names = self.sight.names_in(folder)
            package = f"{folder}{os.sep}{last}"
            if f"{last}.py" in names:
                return f"{package}.py"
            if last in names and "__init__.py" in self.sight.names_in(package):
                return f"{package}{os.sep}__init__.py"
        return ""

    def _folders_of(self, package: str) -> Sequence[str]:
        """Where the modules of a package are, or those without one; nowhere for most names, which are no packages."""
        if package not in self._folders:
            above, _, last = package.rpartition(".")
            around = self._folders_of(above)
            inside = [f"{folder}{os.sep}{last}" for folder in around if last in self.sight.names_in(folder)]
            self._folders[package] = inside
        return self._folders[package]

    def read(self, path: str, name: str) -> ModuleFacts:
        """The facts of a file."""
        shown = self._shown(path)
        try:
            content = self.overlay[shown] if shown in self.overlay else self.sight.read(path)
        except OSError as error:
            return ModuleFacts(name, shown, problem=unreadable(f"the file cannot be read: {error.strerror}"))
        if self.is_empty(content):
            return ModuleFacts(name, shown)
        key = self.store.key_of(content, name, self.signs)
        partial_key = f"{key} without rules"
        facts = self.store.find(shown, key) or (None if self.rules else self.store.find(shown, partial_key))
        if facts is None:
            facts = self._facts(content, path, name, shown)
            is_partial = not self.rules and any(one.makes_steps for one in facts.functions.values())
            self.store.keep(shown, partial_key if is_partial else key, facts)
        return facts

    def _facts(self, content: bytes, path: str, name: str, shown: str) -> ModuleFacts:
        parsed = parse_module(content)
        if not isinstance(parsed, ParsedModule):
            return ModuleFacts(name, shown, problem=parsed)
        is_package = path.endswith(f"{os.sep}__init__.py")
        try:
            return read_module(parsed, name, shown, self.signs, self.rules, is_package=is_package)
        except RecursionError:
            return ModuleFacts(name, shown, problem=unreadable("the code nests too deep to be followed"))

    def _shown(self, path: str) -> str:
        base = f"{self.base}{os.sep}"
        return path.removeprefix(base).replace(os.sep, "/")


@contextmanager
def without_collector() -> Iterator[None]:
    """While modules are read: syntax trees hold no circles, and to look for some while they grow takes its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def find_modules(path: Path, skipped: Path | None = None) -> Iterator[Path]:
    """The Python files of a directory, sorted, without hidden ones, those of environments and of a folder to skip.

    Of a file it is the file itself.
    """
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        inside = [Path(folder, name) for name in names if not name.startswith(".") and name not in _SKIPPED]
        names[:] = sorted(one.name for one in inside if one != skipped and not (one / "pyvenv.cfg").exists())
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))


def find_root(file: Path) -> Path:
    """The directory that a file's module name starts from: the first one above that is no package."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder


def module_name_of(file: Path, roots: Iterable[Path]) -> str:
    """The dotted name of a file below one of the roots, the nearest to the file."""
    root = max((root for root in roots if file.is_relative_to(root)), key=lambda root: len(root.parts))
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
