"""The program around the module that mypy checks, as the lint knows it: what handlers reach, and what that does.

Knows nothing of mypy. All is worked out from texts, so it is the same in every process and whatever mypy has cached.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from surestep_codegen.lint.cache_file import short_hash
from surestep_codegen.lint.effects import Hop, Judge, find_effects, find_ways
from surestep_codegen.lint.facts import ModuleFacts
from surestep_codegen.lint.findings import finding_of
from surestep_codegen.lint.links import find_linked_faults
from surestep_codegen.lint.loading import ModuleReader, module_name_of, without_collector
from surestep_codegen.lint.plain import PLAIN_MODULES, is_plain
from surestep_codegen.lint.program import Program
from surestep_codegen.lint.store import FactsStore
from surestep_codegen.lint.targets import find_project_targets
from surestep_dsl.settings import Settings, load_settings

__all__ = ["HandlerProgram", "Way", "load_program"]

Way: TypeAlias = tuple[Hop, ...]
"""From a handler to a function that it reaches; empty for the handler itself."""


@dataclass
class HandlerProgram:
    """All modules of a project, and the functions that its handlers reach.

    Attributes:
        ways: by module and name of a function, a shortest way to it from a handler.
    """

    settings: Settings
    judge: Judge
    ways: Mapping[str, Mapping[str, Way]]
    _reader: ModuleReader
    _homes: dict[str, str] = field(default_factory=dict)
    _imports: dict[str, frozenset[str]] = field(default_factory=dict)
    _effects: dict[str, str] = field(default_factory=dict)

    def digest_of(self, module: str) -> str | None:
        """What the findings in a module depend on, besides itself and the types it sees; None where it has none."""
        return self._digests.get(module)

    def matters(self, name: str) -> bool:
        """Whether a name leads to functions of the program, or may have an effect."""
        verdict = self.judge.judge(name)
        return bool(verdict.targets) or verdict.effect is not None

    def said_by_lint(self, module: str) -> Iterator[tuple[str, int]]:
        """Codes and lines of the faults that the lint finds in the functions of a module."""
        facts = self._linted.module(module)
        functions = () if facts is None else (self._linted.function(facts, name) for name in facts.functions)
        for function in functions:
            for fault in (*function.facts.faults, *find_linked_faults(self._linted, function)):
                yield fault.code, fault.place.line

    @cached_property
    def _linted(self) -> Program:
        """The program as the lint sees it: most runs find nothing, so nobody asks what the lint has said."""
        from surestep_codegen.lint.rules import RULES  # noqa: PLC0415 -- as above

        reader = self._reader
        return Program(ModuleReader(reader.roots, reader.signs, reader.base, RULES, reader.store).load)

    @cached_property
    def _digests(self) -> Mapping[str, str]:
        """All at once, while what they are made of is in the processor's cache; mypy asks for one now and then."""
        settings = (self.settings.severities, self.settings.determinism.effects)
        common = "".join(f"{sorted(one.items())}\n" for one in settings)
        return {module: short_hash(f"{common}{self._description_of(module)}".encode()) for module in self.ways}

    def _description_of(self, module: str) -> str:
        ways = (f"{name}: {'; '.join(map(_spelled, way))}" for name, way in self.ways[module].items())
        return "\n".join((*ways, *(f"{other}: {self._effects_of(other)}" for other in sorted(self._closure(module)))))

    def _closure(self, module: str) -> frozenset[str]:
        """A module and all that it imports, directly or not: an object of any of their classes may get there."""
        found, waiting = {module}, [module]
        while waiting:
            fresh = self._imports_of(waiting.pop()) - found
            found |= fresh
            waiting += fresh
        return frozenset(found)

    def _imports_of(self, module: str) -> frozenset[str]:
        if module not in self._imports:
            facts = self.judge.program.module(module)
            named = {self._home_of(name) for name in (() if facts is None else _names_in(facts))}
            self._imports[module] = frozenset(named - {""})
        return self._imports[module]

    def _home_of(self, name: str) -> str:
        """The module of ours that a dotted name begins with; empty where none does."""
        home = self._homes.get(name)
        if home is None:
            is_home = not name or self.judge.program.module(name) is not None
            home = self._homes[name] = name if is_home else self._home_of(name.rpartition(".")[0])
        return home

    def _effects_of(self, module: str) -> str:
        """What the functions of a module reach, as text, and the comments that silence it."""
        if module not in self._effects:
            facts = self.judge.program.module(module)
            self._effects[module] = "" if facts is None else "\n".join(_effects_in(self.judge, facts))
        return self._effects[module]


def load_program(start: Path) -> HandlerProgram | None:
    """The program of the project around a directory; None where there is no project, or its settings are wrong."""
    settings = load_settings(start)
    if not isinstance(settings, Settings):
        return None
    targets = find_project_targets(settings)
    reader = ModuleReader(targets.roots, targets.signs, settings.root, (), FactsStore(settings.root))
    judge = Judge(Program(reader.load), settings.determinism.effects)
    own_names = {name.removesuffix(".py") for root in targets.roots for name in reader.sight.names_in(str(root))}
    if not judge.own and PLAIN_MODULES.isdisjoint(own_names):
        reader.is_empty = lambda content: is_plain(content, settings.package)
    with without_collector():
        ways = _find_ways(judge, [module_name_of(file, targets.roots) for file in targets.files])
    reader.store.save(is_whole=False)
    return HandlerProgram(settings, judge, ways, reader)


def _find_ways(judge: Judge, names: Sequence[str]) -> dict[str, dict[str, Way]]:
    """By module and function, a shortest way from a handler of the modules named."""
    modules = (module for name in names if (module := judge.program.module(name)) is not None)
    handlers = [judge.program.function(module, name) for module in modules for name in module.handlers]
    found: dict[str, dict[str, Way]] = {}
    for function, way in (one for handler in handlers for one in find_ways(judge, handler)):
        known = found.setdefault(function.module.name, {})
        name = function.facts.name
        if name not in known or len(way) < len(known[name]):
            known[name] = way
    return found


def _names_in(module: ModuleFacts) -> set[str]:
    found = {*module.names.values(), *module.stars}
    for owner in module.classes.values():
        found.update(owner.bases, owner.attributes.values())
    for function in module.functions.values():
        found.add(function.returns)
        found.update([use.name for use in function.uses])
    return found


def _effects_in(judge: Judge, module: ModuleFacts) -> Iterator[str]:
    for name, facts in module.functions.items():
        if facts.mark:
            yield f"{name} {facts.mark}"
        for reached in find_effects(judge, find_ways(judge, judge.program.function(module, name))):
            yield f"{name} {finding_of(reached).chain}"
    yield from (repr(silencer) for silencer in module.silencers)


def _spelled(hop: Hop) -> str:
    return f"{hop.function.module.name}.{hop.function.facts.name} {hop.use.place.line}"
