"""What is to be expected of a module by the types in it, so that only what may tell something is looked at.

Few modules have a value of a class that leads to an effect. To expect too much costs time, too little would cost a
finding.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mypy.nodes import AwaitExpr, Expression, TypeInfo
from mypy.types import CallableType, Instance, Type

from surestep_codegen.lint.effects import Judge, find_effects, find_ways
from surestep_codegen.lint.program import Function
from surestep_codegen.mypy_plugin.members import classes_of, instances_of, spellings_of
from surestep_codegen.mypy_plugin.nodes import is_step
from surestep_codegen.mypy_plugin.set_order import is_set
from surestep_dsl.effects import EFFECTS, entry_of

__all__ = ["Outlook", "Sieve"]


class Outlook(NamedTuple):
    """What is to be expected of a module, by lines.

    Attributes:
        uses: where something is used by type that leads to an effect, or awaited without being a step.
        sets: where a set is.
        ours: where values of a class of the program are.
    """

    uses: set[int]
    sets: set[int]
    ours: dict[TypeInfo, set[int]]


class Sieve:
    """Judges classes, each once.

    Attributes:
        reach_of: what the members of a class run, and what that calls.

    Args:
        judge: what names lead to; the table of effects knows some classes, what is in them, or all of their modules.
    """

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._tables = (EFFECTS, judge.own) if judge.own else (EFFECTS,)
        self._owners = {owner for table in self._tables for name in table for owner in _owners_of(name)}
        self._leads = functools.cache(self._judge_class)
        self.reach_of = functools.cache(self._find_reach)
        self._signs_of = functools.cache(
            lambda info: (any(map(self._leads, info.mro)), is_set(info), bool(self.reach_of(info)))
        )

    def look_at(self, types: Mapping[Expression, Type]) -> Outlook:
        """By the types of all expressions of a module."""
        outlook = Outlook(set(), set(), {})
        for node, found in types.items():
            infos: tuple[TypeInfo, ...] = ()
            if type(found) is Instance:
                infos = (found.type,)
            elif type(found) is not CallableType:
                infos = (*instances_of(found), *classes_of(found))
            elif found.is_type_obj():
                infos = (found.type_object(),)
            for info in infos:
                is_leading, is_unordered, is_ours = self._signs_of(info)
                if is_leading:
                    outlook.uses.add(node.line)
                if is_unordered:
                    outlook.sets.add(node.line)
                if is_ours:
                    outlook.ours.setdefault(info, set()).add(node.line)
            if type(node) is AwaitExpr and not is_step(types.get(node.expr)):
                outlook.uses.add(node.line)
        return outlook

    def _find_reach(self, info: TypeInfo) -> frozenset[Function]:
        """What the members of a class, inherited ones too, run, and what that calls."""
        names = (f"{base.fullname}.{name}" for base in info.mro for name in self._members_of(base))
        targets = (target for name in names for target in self._judge.judge(name).targets)
        return frozenset(function for target in targets for function, _ in find_ways(self._judge, target))

    def _members_of(self, info: TypeInfo) -> tuple[str, ...]:
        """The own members of a class of the program."""
        module = self._judge.program.module(info.module_name)
        facts = None if module is None else module.classes.get(info.fullname.removeprefix(f"{info.module_name}."))
        return () if facts is None else (*facts.members, *facts.attributes)

    def _judge_class(self, info: TypeInfo) -> bool:
        """Whether a class, or a member of its own, leads to an effect or to a function that makes steps."""
        if not self._owners.isdisjoint(spellings_of(info)) or any(entry_of(info.fullname, one) for one in self._tables):
            return True
        return any(self._is_name_leading(f"{info.fullname}.{name}") for name in self._members_of(info))

    def _is_name_leading(self, name: str) -> bool:
        verdict = self._judge.judge(name)
        ways = [way for target in verdict.targets for way in find_ways(self._judge, target)]
        makes_steps = any(function.facts.makes_steps for function, _ in ways)
        return verdict.effect is not None or makes_steps or any(find_effects(self._judge, ways))


def _owners_of(name: str) -> Iterator[str]:
    """A dotted name, and all that holds it."""
    while name:
        yield name
        name = name.rpartition(".")[0]
