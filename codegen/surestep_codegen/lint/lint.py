"""Lints a program: reads the modules that handlers can reach, and gathers what they must not do."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from surestep_codegen.lint.effects import find_effects, find_step_code
from surestep_codegen.lint.facts import ModuleFacts
from surestep_codegen.lint.findings import Finding, finding_of, finding_of_fault
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.links import find_linked_faults
from surestep_codegen.lint.program import Function, Program
from surestep_codegen.lint.reading import read_module
from surestep_codegen.lint.silencers import read_silencers
from surestep_dsl.effects import EFFECTS, Effect
from surestep_dsl.nodes import SourceText

__all__ = ["Linted", "lint_files", "module_name_of"]


@dataclass(slots=True)
class Linted:
    """What a run of the lint found.

    Attributes:
        unknown: by handler, as `file:line name`: calls that could not be followed.
        sources: the texts of the modules read, by the name shown.
    """

    findings: list[Finding] = field(default_factory=list)
    unknown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sources: dict[str, SourceText] = field(default_factory=dict)
    handlers: int = 0


@dataclass(slots=True)
class _Reader:
    """Reads modules of the roots, in whose order they are looked for."""

    roots: Sequence[Path]
    signs: HandlerSigns
    sources: dict[str, SourceText]

    def load(self, name: str) -> ModuleFacts | None:
        """The facts of a module, None where no root has it."""
        relative = Path(*name.split("."))
        for root in self.roots:
            for path in (root / relative.with_suffix(".py"), root / relative / "__init__.py"):
                if path.is_file():
                    return self._read(path, name, root)
        return None

    def _read(self, path: Path, name: str, root: Path) -> ModuleFacts | None:
        text = path.read_text(encoding="utf-8")
        shown = path.relative_to(root).as_posix()
        self.sources[shown] = SourceText(shown, text)
        tree = ast.parse(text, filename=shown)
        return read_module(tree, name, shown, self.signs, is_package=path.name == "__init__.py")


def lint_files(
    files: Iterable[Path], roots: Sequence[Path], signs: HandlerSigns, effects: Mapping[str, Effect] = EFFECTS
) -> Linted:
    """Lint the handlers in some files, and whatever of the roots they call.

    Args:
        files: Python files below one of the roots.
        roots: directories that module names start from.
        signs: how to recognise handlers.
        effects: the table.
    """
    linted = Linted()
    program = Program(_Reader(roots, signs, linted.sources).load)
    for file in files:
        module = program.module(module_name_of(file, roots))
        for name in module.handlers if module is not None else ():
            assert module is not None  # noqa: S101 -- it has a handler
            handler = Function(module, module.functions[name])
            linted.handlers += 1
            linted.findings.extend(finding_of(reached) for reached in find_effects(program, handler, effects))
            for function in find_step_code(program, handler):
                faults = (*function.facts.faults, *find_linked_faults(program, function))
                linted.findings.extend(finding_of_fault(function, fault) for fault in faults)
    linted.findings = list({one.diagnostic: one for one in linted.findings}.values())
    silenced = _silenced_lines(linted.sources)
    linted.findings = [one for one in linted.findings if not silenced.intersection(_lines_of(one))]
    return linted


def _silenced_lines(sources: Mapping[str, SourceText]) -> set[tuple[str, str, int]]:
    return {
        (silencer.code, file, silencer.line)
        for file, source in sources.items()
        for silencer in read_silencers(source.text)
        if silencer.reason
    }


def _lines_of(finding: Finding) -> Iterator[tuple[str, str, int]]:
    """All lines on which a comment may silence a finding."""
    diagnostic = finding.diagnostic
    for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
        for line in range(span.line, span.end_line + 1):
            yield diagnostic.code, span.file, line


def module_name_of(file: Path, roots: Sequence[Path]) -> str:
    """The dotted name of a file below one of the roots."""
    root = next(root for root in roots if file.is_relative_to(root))
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
