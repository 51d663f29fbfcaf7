"""What handlers reach that differs from replay to replay: a walk over the program's calls, shortest chains first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from surestep_codegen.lint.facts import RESULT, WRAPPERS, Form, Use
from surestep_codegen.lint.program import Function, Program
from surestep_dsl.effects import Effect, EffectKind, effect_of, entry_of, own_effect

__all__ = ["Hop", "Judge", "Lead", "Reached", "Verdict", "Way", "find_effects", "find_step_code", "find_ways"]


class Hop(NamedTuple):
    """A function and what it uses next on the way to an effect."""

    function: Function
    use: Use


Way: TypeAlias = tuple[Function, tuple[Hop, ...]]
"""A function that a handler reaches, and a shortest way from the handler to it."""


class Reached(NamedTuple):
    """An effect that a handler reaches.

    Attributes:
        effect: the entry of the table.
        name: the name under which it is reached.
        chain: from the handler to the function that has it; the last use is that of the effect itself.
    """

    effect: Effect
    name: str
    chain: tuple[Hop, ...]


class Verdict(NamedTuple):
    """What a name leads to: functions of the program to look into, or an effect.

    Attributes:
        name: under which the world knows what is used.
        is_own: the effect is stated by the project, and so holds however the name is used.
    """

    targets: tuple[Function, ...]
    name: str
    effect: Effect | None
    is_own: bool = False


Lead: TypeAlias = tuple[Use, Verdict]
"""A use that leads somewhere, and where."""


@dataclass(slots=True)
class Judge:
    """Decides what uses lead to, each once.

    Attributes:
        own: entries that a project adds to the table; like marks by a decorator they come before all else.
    """

    program: Program
    own: Mapping[str, Effect] = field(default_factory=dict)
    _known: dict[str, Verdict] = field(default_factory=dict)
    _leads: dict[Function, tuple[Lead, ...]] = field(default_factory=dict)

    def leads(self, function: Function) -> tuple[Lead, ...]:
        """The uses of a function that lead somewhere, which few do."""
        found = self._leads.get(function)
        if found is None:
            judged = ((use, self.judge(use.name)) for use in function.facts.uses)
            found = self._leads[function] = tuple(lead for lead in judged if _leads_somewhere(*lead))
        return found

    def judge(self, name: str) -> Verdict:
        """What a name leads to."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._judge(name)
        return found

    def _judge(self, used: str) -> Verdict:
        targets, name = self.program.find(used)
        entry = entry_of(name, self.own) if self.own else None
        mark = next((target.facts.mark for target in targets if target.facts.mark), "")
        if entry is None and mark:
            entry = own_effect(name, EffectKind(mark))
        if entry is not None:
            return Verdict((), name, None if entry.kind is EffectKind.PURE else entry, is_own=True)
        is_known = not (targets or RESULT in name or WRAPPERS in name)
        return Verdict(targets, name, effect_of(name) if is_known else None)


def find_ways(judge: Judge, handler: Function) -> tuple[Way, ...]:
    """The handler and every function of the program that it reaches."""
    seen = {handler}
    found: list[Way] = [(handler, ())]
    for function, before in found:  # it grows on the way
        for use, verdict in judge.leads(function):
            fresh = [target for target in verdict.targets if target not in seen]
            seen.update(fresh)
            found += ((target, (*before, Hop(function, use))) for target in fresh)
    return tuple(found)


def find_effects(judge: Judge, ways: Iterable[Way]) -> Iterator[Reached]:
    """All effects that a handler reaches by its ways, each by one of the shortest chains."""
    told: set[tuple[str, EffectKind]] = set()
    for function, before in ways:
        for use, verdict in judge.leads(function):
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


def _is_handler(function: Function) -> bool:
    """Who is handed a handler starts a run of it, and does not call it."""
    return function.facts.name in function.module.handlers


def _leads_somewhere(use: Use, verdict: Verdict) -> bool:
    """Whether a name leads somewhere that is used in this way, with these arguments."""
    effect = verdict.effect
    if use.form is Form.GIVEN and any(map(_is_handler, verdict.targets)):
        return False
    if effect is None or verdict.is_own:
        return bool(verdict.targets or effect)
    if use.form is Form.GIVEN and effect.kind is EffectKind.LOGGING:
        return False
    if effect.condition == "always":
        return True
    limit = 0 if effect.condition == "no-arguments" else 1
    return use.form in {Form.CALL, Form.AWAIT} and use.arguments is not None and use.arguments <= limit


def _first_place(chain: tuple[Hop, ...]) -> str:
    place = chain[0].use.place
    return f"{place.line}:{place.column}"
