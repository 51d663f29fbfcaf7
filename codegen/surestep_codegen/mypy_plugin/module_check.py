"""Judges one module that mypy has checked: what its handlers and their helpers do by types, less what the lint says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from mypy.checker import TypeChecker
from mypy.nodes import FuncDef, MypyFile

from surestep_codegen.lint.effects import Reached, Way as FunctionWay, find_effects, find_ways
from surestep_codegen.lint.facts import Fault, FunctionFacts, ModuleFacts
from surestep_codegen.lint.findings import Finding, finding_of, finding_of_fault, span_of
from surestep_codegen.lint.links import find_linked_faults
from surestep_codegen.lint.program import Function
from surestep_codegen.mypy_plugin.errors import report_findings
from surestep_codegen.mypy_plugin.members import Members
from surestep_codegen.mypy_plugin.nodes import functions_of, nodes_of
from surestep_codegen.mypy_plugin.program import HandlerProgram, Way
from surestep_codegen.mypy_plugin.set_order import find_set_orders
from surestep_codegen.mypy_plugin.sieve import Outlook, Sieve
from surestep_codegen.mypy_plugin.typed_uses import find_typed_uses
from surestep_dsl.effects import EffectKind

__all__ = ["check_module"]


class _Check(NamedTuple):
    """A module under check."""

    project: HandlerProgram
    members: Members
    sieve: Sieve
    outlook: Outlook
    facts: ModuleFacts
    functions: dict[str, FuncDef]
    checker: TypeChecker

    def find(self, ways: Mapping[str, Way]) -> Iterator[Finding]:
        """The findings in functions that handlers reach, and in those of the module that they reach by types."""
        seen = dict(ways)
        waiting = list(seen)
        type_of = self.checker.lookup_type_or_none
        lines = self._lines_of_uses()
        for name in waiting:
            if name not in self.functions or name not in self.facts.functions:
                continue
            function, node = self.project.judge.program.function(self.facts, name), self.functions[name]
            may_use = _has_line(node, lines)
            if not may_use and not (function.facts.makes_steps and _has_line(node, self.outlook.sets)):
                continue
            nodes = nodes_of(node, type_of)
            uses = tuple(find_typed_uses(nodes, type_of, self.members)) if may_use else ()
            typed = Function(self.facts, FunctionFacts(name, function.facts.place, uses))
            reached = find_ways(self.project.judge, typed) if uses else ()
            orders = find_set_orders(nodes, type_of) if function.facts.makes_steps else ()
            yield from self._effects(function, reached, seen[name])
            yield from self._faults(function, [*find_linked_faults(self.project.judge.program, typed), *orders])
            for other, way in reached:
                if other.module is self.facts and other.facts.name not in seen:
                    seen[other.facts.name] = (*seen[name], *way)
                    waiting.append(other.facts.name)

    def _lines_of_uses(self) -> set[int]:
        """Where types may tell something; also where classes of the program are, if one gets to such a function."""
        found, ours = self.outlook.uses, self.outlook.ours
        names = {name for name, node in self.functions.items() if _has_line(node, found)}
        reached = (one for info in ours if names for one in self.sieve.reach_of(info) if one.module is self.facts)
        return found.union(*ours.values()) if any(one.facts.name in names for one in reached) else found

    def _effects(self, function: Function, reached: Iterable[FunctionWay], way: Way) -> Iterator[Finding]:
        """Told at the place in this module, with the chain from the handler; not what the lint says, elsewhere even."""
        found = list(find_effects(self.project.judge, reached))
        said = {_end(one) for one in self._said_by_lint(function)} if found else set()
        for one in found:
            if _end(one) not in said:
                place = span_of(self.facts.file, one.chain[0].use.place)
                finding = finding_of(Reached(one.effect, one.name, (*way, *one.chain)))
                yield finding._replace(diagnostic=replace(finding.diagnostic, span=place))

    def _said_by_lint(self, function: Function) -> Iterator[Reached]:
        return find_effects(self.project.judge, find_ways(self.project.judge, function))

    def _faults(self, function: Function, found: Sequence[Fault]) -> Iterator[Finding]:
        said = set(self.project.said_by_lint(self.facts.name)) if found else set()
        yield from (finding_of_fault(function, one) for one in found if (one.code, one.place.line) not in said)


def check_module(project: HandlerProgram, members: Members, sieve: Sieve, file: MypyFile, checker: TypeChecker) -> None:
    """Report what the types of a module tell, once mypy has checked all of it."""
    ways = project.ways.get(file.fullname)
    facts = project.judge.program.module(file.fullname) if ways else None
    if facts is None or not ways:
        return
    outlook = sieve.look_at(checker._type_maps[0])  # noqa: SLF001 -- mypy has no other way to all types of a module
    if not outlook.uses and not outlook.sets:
        return
    check = _Check(project, members, sieve, outlook, facts, functions_of(file), checker)
    checker.errors.set_file(file.path, file.fullname, checker.options)
    report_findings(project, checker, check.find(ways))


def _has_line(function: FuncDef, lines: Iterable[int]) -> bool:
    """Whether some line is one of a function, or not known."""
    end = function.end_line
    return any(line < 1 or end is None or function.line <= line <= end for line in lines)


def _end(reached: Reached) -> tuple[str, int, EffectKind]:
    """Where an effect is, whatever the way to it."""
    last = reached.chain[-1]
    return last.function.module.name, last.use.place.line, reached.effect.kind
