"""What handlers reach that differs from replay to replay: a walk over the program's calls, shortest chains first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from surestep_codegen.lint.facts import RESULT, WRAPPERS, Form, Use
from surestep_codegen.lint.program import Function, Program
from surestep_dsl.effects import Effect, EffectKind, effect_of, entry_of, own_effect

__all__ = ["Hop", "Judge", "Reached", "Verdict", "Way", "find_effects", "find_step_code", "find_ways"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A function and what it uses next on the way to an effect."""

    function: Function
    use: Use


Way: TypeAlias = tuple[Function, tuple[Hop, ...]]
"""A function that a handler reaches, and a shortest way from the handler to it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """An effect that a handler reaches.

    Attributes:
        effect: the entry of the table.
        name: the name under which it is reached.
        chain: from the handler to the function that has it; the last use is that of the effect itself.
    """

    effect: Effect
    name: str
    chain: tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a use leads to: functions of the program to look into, or an effect.

    Attributes:
        name: under which the world knows what is used.
    """

    targets: tuple[Function, ...]
    name: str
    effect: Effect | None


@dataclass(slots=True)
class Judge:
    """Decides what uses lead to, each once.

    Attributes:
        own: entries that a project adds to the table; like marks by a decorator they come before all else.
    """

    program: Program
    own: Mapping[str, Effect] = field(default_factory=dict)
    _known: dict[tuple[str, Form, int | None], Verdict] = field(default_factory=dict)

    def judge(self, use: Use) -> Verdict:
        """What a use leads to."""
        key = use.name, use.form, use.arguments
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._judge(use)
        return found

    def _judge(self, use: Use) -> Verdict:
        targets, name = self.program.find(use.name)
        entry = entry_of(name, self.own) if self.own else None
        mark = next((target.facts.mark for target in targets if target.facts.mark), "")
        if entry is None and mark:
            entry = own_effect(name, EffectKind(mark))
        if entry is not None:
            return Verdict((), name, None if entry.kind is EffectKind.PURE else entry)
        return Verdict(targets, name, None if targets else _effect(use, name))


def find_ways(judge: Judge, handler: Function) -> tuple[Way, ...]:
    """The handler and every function of the program that it reaches."""
    seen = {handler}
    found: list[Way] = [(handler, ())]
    for function, before in found:  # it grows on the way
        for use in function.facts.uses:
            fresh = [target for target in judge.judge(use).targets if target not in seen]
            seen.update(fresh)
            found += ((target, (*before, Hop(function, use))) for target in fresh)
    return tuple(found)


def find_effects(judge: Judge, ways: Iterable[Way]) -> Iterator[Reached]:
    """All effects that a handler reaches by its ways, each by one of the shortest chains."""
    told: set[tuple[str, EffectKind]] = set()
    for function, before in ways:
        for use in function.facts.uses:
            verdict = judge.judge(use)
            if verdict.effect is None:
                continue
            chain = (*before, Hop(function, use))
            if (_first_place(chain), verdict.effect.kind) not in told:
                told.add((_first_place(chain), verdict.effect.kind))
                yield Reached(verdict.effect, verdict.name, chain)


def find_step_code(ways: Sequence[Way]) -> Iterator[Function]:
    """The handler, and the functions it calls that make steps themselves."""
    for number, (function, _) in enumerate(ways):
        if not number or function.facts.makes_steps:
            yield function


def _effect(use: Use, name: str) -> Effect | None:
    """The effect of a use, if its arguments are such that it has one."""
    found = None if RESULT in name or WRAPPERS in name else effect_of(name)
    if found is None or (use.form is Form.GIVEN and found.kind is EffectKind.LOGGING):
        return None
    if found.condition == "always":
        return found
    limit = 0 if found.condition == "no-arguments" else 1
    return (
        found if use.form in {Form.CALL, Form.AWAIT} and use.arguments is not None and use.arguments <= limit else None
    )


def _first_place(chain: tuple[Hop, ...]) -> str:
    place = chain[0].use.place
    return f"{place.line}:{place.column}"
