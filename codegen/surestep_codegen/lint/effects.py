"""What handlers reach that differs from replay to replay: a walk over the program's calls, shortest chains first."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from surestep_codegen.lint.facts import RESULT, Form, Use
from surestep_codegen.lint.program import Function, Program
from surestep_dsl.effects import Effect, EffectKind, effect_of, entry_of, own_effect

__all__ = ["Hop", "Reached", "Way", "find_effects", "find_step_code", "find_ways"]

_NONE: Final[Mapping[str, Effect]] = {}


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


def find_ways(program: Program, handler: Function, own: Mapping[str, Effect] = _NONE) -> Iterator[Way]:
    """The handler and every function of the program that it reaches.

    What the project's `own` entries of the table name, and what a decorator marks, is not looked into.
    """
    seen = {_key(handler)}
    queue: deque[Way] = deque([(handler, ())])
    while queue:
        function, before = queue.popleft()
        yield function, before
        for use in function.facts.uses:
            targets = _judge(program, use, own)[0]
            fresh = {_key(target): target for target in targets if _key(target) not in seen}
            seen.update(fresh)
            queue.extend((target, (*before, Hop(function, use))) for target in fresh.values())


def find_effects(program: Program, handler: Function, own: Mapping[str, Effect] = _NONE) -> Iterator[Reached]:
    """All effects that a handler reaches, each by one of its shortest chains."""
    told: set[tuple[str, EffectKind]] = set()
    ways = find_ways(program, handler, own)
    uses = ((before, Hop(function, use)) for function, before in ways for use in function.facts.uses)
    for before, hop in uses:
        _, name, effect = _judge(program, hop.use, own)
        if effect is None:
            continue
        chain = (*before, hop)
        if (_first_place(chain), effect.kind) not in told:
            told.add((_first_place(chain), effect.kind))
            yield Reached(effect, name, chain)


def find_step_code(program: Program, handler: Function, own: Mapping[str, Effect] = _NONE) -> Iterator[Function]:
    """The handler, and the functions it calls that make steps themselves."""
    for function, _ in find_ways(program, handler, own):
        if function is handler or function.facts.makes_steps:
            yield function


def _judge(program: Program, use: Use, own: Mapping[str, Effect]) -> tuple[tuple[Function, ...], str, Effect | None]:
    """The functions of ours to look into, or the effect of a use; a project's own entries and marks come first."""
    targets, name = program.find(use.name)
    entry = entry_of(name, own) if own else None
    mark = next((target.facts.mark for target in targets if target.facts.mark), "")
    if entry is None and mark:
        entry = own_effect(name, EffectKind(mark))
    if entry is not None:
        return (), name, None if entry.kind is EffectKind.PURE else entry
    return targets, name, None if targets else _effect(use, name)


def _effect(use: Use, name: str) -> Effect | None:
    """The effect of a use, if its arguments are such that it has one."""
    found = None if RESULT in name else effect_of(name)
    if found is None or (use.form is Form.GIVEN and found.kind is EffectKind.LOGGING):
        return None
    if found.condition == "always":
        return found
    limit = 0 if found.condition == "no-arguments" else 1
    return (
        found if use.form in {Form.CALL, Form.AWAIT} and use.arguments is not None and use.arguments <= limit else None
    )


def _key(function: Function) -> tuple[str, str]:
    return function.module.name, function.facts.name


def _first_place(chain: tuple[Hop, ...]) -> str:
    place = chain[0].use.place
    return f"{place.line}:{place.column}"
