"""Loads the specs of a project: finds files, reads, parses, resolves and checks them.

The only module of the language that reads specs from a disk. Nothing depends on the order of files or on the working
directory.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from surestep_dsl.checks import CHECKS, View
from surestep_dsl.codes import cut_findings, find
from surestep_dsl.collector import paused_collector
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.expr.patterns import limited_patterns
from surestep_dsl.limits import MAX_FILE_BYTES, MAX_GUESSES
from surestep_dsl.model import Project
from surestep_dsl.nearest import limited_guesses
from surestep_dsl.nodes import SourceText
from surestep_dsl.parse.document import Document, parse_document
from surestep_dsl.resolve import resolve_documents
from surestep_dsl.silence import silence
from surestep_dsl.source import decode_source, parse_source

__all__ = ["Loaded", "adjust_diagnostics", "find_spec_files", "load_files", "load_project"]

_SUFFIXES: Final = (".yaml", ".yml")
_PROJECT: Final = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading gives.

    Attributes:
        project: None where there is an error.
        diagnostics: sorted by place.
        sources: the text of every file, by its name in the diagnostics.
    """

    project: Project | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceText] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that stop a build."""
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR)


def load_project(
    paths: Iterable[str | Path],
    root: str | Path,
    *,
    severities: Mapping[str, Severity | None] | None = None,
    handlers: str = "",
) -> Loaded:
    """Load every spec under `paths`.

    Args:
        paths: files or directories, relative to `root`.
        root: the project's directory; diagnostics name files relative to it.
        severities: other severities for codes, from the settings; None switches a code off.
        handlers: dotted module under which handlers live, from the settings.
    """
    root = Path(root).resolve()
    files, found = find_spec_files(paths, root)
    texts: list[SourceText] = []
    for path in files:
        source = _load_text(path, root)
        if isinstance(source, SourceText):
            texts.append(source)
        else:
            found.append(source)
    return _load_sources(texts, found, severities, handlers)


def load_files(
    files: Mapping[str, str], *, severities: Mapping[str, Severity | None] | None = None, handlers: str = ""
) -> Loaded:
    """Load specs from texts instead of a disk; for tests and tools."""
    return _load_sources([SourceText(file, text) for file, text in files.items()], [], severities, handlers)


def find_spec_files(paths: Iterable[str | Path], root: Path) -> tuple[list[Path], list[Diagnostic]]:
    """All specs under `paths`, sorted; links out of `root` are not followed.

    Hidden entries are skipped, and directories below that have a pyproject.toml: they are projects of their own.

    Of a path that is itself outside of `root`, links out of that path are not followed.
    """
    found: list[Diagnostic] = []
    files: set[Path] = set()
    written = [Path(os.path.normpath(root / path)) for path in paths]
    asked = [path.resolve() for path in written]
    for lexical, path in zip(written, asked, strict=True):
        if path.is_dir():
            files.update(_walk(path, root if lexical.is_relative_to(root) else path))
        elif path.is_file():
            files.add(path)
        else:
            name = _name_of(path, root)
            hint = "create it, or change `specs` in [tool.surestep] of pyproject.toml"
            found.append(find("S117", f"there is no file or directory `{name}`", _start_of(name), hint))
    if not files and not found:
        names = ", ".join(_name_of(path, root) for path in asked) or "."
        message = f"there is no spec (*.yaml, *.yml) under {names}"
        found.append(find("S117", message, _start_of(names), "run `surestep init` to create a first one"))
    return sorted(files, key=lambda path: _name_of(path, root)), found


def _walk(directory: Path, root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not (name.startswith(".") or Path(folder, name, _PROJECT).is_file())]
        for name in names:
            path = Path(folder, name).resolve()
            if not name.startswith(".") and name.endswith(_SUFFIXES) and path.is_relative_to(root):
                yield path


def _load_text(path: Path, root: Path) -> SourceText | Diagnostic:
    name = _name_of(path, root)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return find("S001", f"the file cannot be read: {error.strerror or error}", _start_of(name))
    return decode_source(name, content)


def _name_of(path: Path, root: Path) -> str:
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _start_of(file: str) -> Span:
    return Span(file, 1, 1, 1, 1)


def _load_sources(
    sources: list[SourceText],
    found: list[Diagnostic],
    severities: Mapping[str, Severity | None] | None,
    handlers: str,
) -> Loaded:
    with paused_collector(), limited_guesses(MAX_GUESSES), limited_patterns():
        return _load_collected(sources, found, severities or {}, handlers)


def _load_collected(
    sources: list[SourceText], found: list[Diagnostic], severities: Mapping[str, Severity | None], handlers: str
) -> Loaded:
    documents: list[Document] = []
    files = [parse_source(source) for source in sources]
    for parsed in files:
        source = parsed.source
        found.extend(parsed.diagnostics)
        if parsed.root is None and not parsed.diagnostics:
            found.append(find("S102", "the file is empty", source.span(0, 1), "write `spec: 1`, or remove the file"))
        if parsed.root is not None:
            documents.append(parse_document(source, parsed.root))
            found.extend(documents[-1].diagnostics)
    resolved = resolve_documents(documents)
    found.extend(resolved.diagnostics)
    view = View(resolved.project, resolved.places, resolved.uses, resolved.patterns, handlers)
    for check in CHECKS:
        found.extend(cut_findings(check.find(view)))
    diagnostics = adjust_diagnostics(silence(found, files), severities)
    failed = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    return Loaded(None if failed else resolved.project, diagnostics, {source.file: source for source in sources})


def adjust_diagnostics(
    found: Iterable[Diagnostic], severities: Mapping[str, Severity | None]
) -> tuple[Diagnostic, ...]:
    """In the order of places, without doubles, with the severities that the settings chose."""
    chosen = []
    for diagnostic in dict.fromkeys(found):
        severity = severities.get(diagnostic.code, diagnostic.severity)
        if severity is diagnostic.severity:
            chosen.append(diagnostic)
        elif severity is not None:
            chosen.append(replace(diagnostic, severity=severity))
    return tuple(sorted(chosen, key=lambda diagnostic: (diagnostic.span, diagnostic.code, diagnostic.message)))
