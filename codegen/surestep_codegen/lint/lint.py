"""Lints a program: reads the modules that handlers can reach, and gathers what they must not do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from surestep_codegen.lint.effects import Judge, Way, find_effects, find_step_code, find_ways
from surestep_codegen.lint.facts import RESULT
from surestep_codegen.lint.findings import Finding, finding_of, finding_of_fault, finding_of_module
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.links import find_linked_faults
from surestep_codegen.lint.linted import Linted, NotFollowed
from surestep_codegen.lint.loading import ModuleReader, module_name_of, without_collector
from surestep_codegen.lint.program import Program
from surestep_codegen.lint.results import find_result, keep_result
from surestep_codegen.lint.rules import RULES
from surestep_codegen.lint.silencers import silence
from surestep_codegen.lint.store import FactsStore
from surestep_dsl.effects import Effect

__all__ = ["lint_files"]

_NONE: Final[Mapping[str, Effect]] = {}
_NO_CONTENTS: Final[Mapping[str, bytes]] = {}


def lint_files(
    files: Iterable[Path],
    roots: Sequence[Path],
    signs: HandlerSigns,
    *,
    base: Path | None = None,
    own: Mapping[str, Effect] = _NONE,
    store: FactsStore | None = None,
    is_whole: bool = False,
    overlay: Mapping[str, bytes] = _NO_CONTENTS,
) -> Linted:
    """Lint the handlers in some files, and whatever of the roots they call.

    Args:
        files: Python files below one of the roots.
        roots: directories that module names start from.
        signs: how to recognise handlers.
        base: what the names of files are shown relative to; by default the first root.
        own: entries that the project adds to the table of effects.
        store: facts of earlier runs; by default none.
        overlay: other contents for some files, by the names under which they are shown.
        is_whole: the files are all that have handlers, so a comment that silences nothing can go.
    """
    reader = ModuleReader(roots, signs, base or roots[0], RULES, store or FactsStore(), overlay)
    files, cache_root = tuple(files), None if overlay else reader.store.root
    request = repr((files, roots, base, signs.package, sorted(signs.names), sorted(own.items()), is_whole))
    known = find_result(cache_root, request)
    if known is not None:
        return known
    with without_collector():
        linted = _lint(files, reader, own, is_whole=is_whole)
    reader.store.save(is_whole=is_whole)
    keep_result(cache_root, request, reader.sight, linted)
    return linted


def _lint(files: Iterable[Path], reader: ModuleReader, own: Mapping[str, Effect], *, is_whole: bool) -> Linted:
    program = Program(reader.load)
    judge = Judge(program, own)
    linted = Linted()
    findings: list[Finding] = []
    for file in files:
        module = reader.read(str(file), module_name_of(file, reader.roots))
        program.modules[module.name] = module
        for name in module.handlers:
            ways = find_ways(judge, program.function(module, name))
            linted.handlers += 1
            findings.extend(_find(judge, ways))
            linted.not_followed.extend(_not_followed(program, ways))
    modules = [module for module in program.modules.values() if module is not None]
    findings += [finding_of_module(module, module.problem) for module in modules if module.problem is not None]
    unique = {one.diagnostic: one for one in findings}.values()
    linted.findings = sorted(silence(unique, modules, is_whole=is_whole), key=_order)
    linted.modules, linted.read_anew = len(modules), reader.store.read_anew
    return linted


def _find(judge: Judge, ways: Sequence[Way]) -> Iterator[Finding]:
    yield from (finding_of(reached) for reached in find_effects(judge, ways))
    for function in find_step_code(ways):
        faults = (*function.facts.faults, *find_linked_faults(judge.program, function))
        yield from (finding_of_fault(function, fault) for fault in faults)


def _not_followed(program: Program, ways: Sequence[Way]) -> Iterator[NotFollowed]:
    calls = {}
    for function, _ in ways:
        module, facts = function.module, function.facts
        found = [(one.place.line, one.name) for one in facts.unknown]
        if module.stars:
            found += [(use.place.line, f"{use.name}(...)") for use in facts.uses if _leads_nowhere(program, use.name)]
        calls.update(dict.fromkeys(f"{module.file}:{line} {name}" for line, name in sorted(found)))
    if calls:
        handler = ways[0][0]
        yield NotFollowed(handler.module.file, handler.facts.place, handler.facts.name, tuple(calls))


def _leads_nowhere(program: Program, name: str) -> bool:
    """Whether a name should be that of a function of ours, and is not: it may come through a star import."""
    targets, known = program.find(name)
    module = None if targets or RESULT in known else program.module(known.rpartition(".")[0])
    return module is not None and bool(module.stars) and known.rpartition(".")[2] not in module.names


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.diagnostic.span, finding.diagnostic.code, finding.diagnostic.message
