"""What handlers reach that differs from replay to replay: a walk over the program's calls, shortest chains first."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surestep_codegen.lint.facts import Form, Use
from surestep_codegen.lint.program import Function, Program
from surestep_dsl.effects import Effect, EffectKind, effect_of

__all__ = ["Hop", "Reached", "find_effects", "find_step_code"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A function and what it uses next on the way to an effect."""

    function: Function
    use: Use


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


def find_effects(program: Program, handler: Function, effects: Mapping[str, Effect]) -> Iterator[Reached]:
    """All effects that a handler reaches, each by one of its shortest chains."""
    told: set[tuple[str, EffectKind]] = set()
    uses = (
        (*before, Hop(function, use)) for function, before in _reached(program, handler) for use in function.facts.uses
    )
    for chain in uses:
        use = chain[-1].use
        targets, name = program.find(use.name)
        effect = None if targets else _effect(use, name, effects)
        if effect is not None and (_first_place(chain), effect.kind) not in told:
            told.add((_first_place(chain), effect.kind))
            yield Reached(effect, name, chain)


def find_step_code(program: Program, handler: Function) -> Iterator[Function]:
    """The handler, and the functions it calls that make steps themselves."""
    for function, _ in _reached(program, handler):
        if function is handler or function.facts.makes_steps:
            yield function


def _reached(program: Program, handler: Function) -> Iterator[tuple[Function, tuple[Hop, ...]]]:
    """The handler and every function of the program that it reaches, each with a shortest way there."""
    seen = {_key(handler)}
    queue: deque[tuple[Function, tuple[Hop, ...]]] = deque([(handler, ())])
    while queue:
        function, before = queue.popleft()
        yield function, before
        for use in function.facts.uses:
            fresh = {_key(target): target for target in program.find(use.name)[0] if _key(target) not in seen}
            seen.update(fresh)
            queue.extend((target, (*before, Hop(function, use))) for target in fresh.values())


def _effect(use: Use, name: str, effects: Mapping[str, Effect]) -> Effect | None:
    """The effect of a use, if its arguments are such that it has one."""
    found = effect_of(name, effects)
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
