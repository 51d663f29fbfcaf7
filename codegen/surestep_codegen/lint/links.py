"""Faults that show only when a function is seen together with those it calls or hands to steps."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.lint.facts import RESULT, BodyUse, Fault, Form, Use
from surestep_codegen.lint.program import Function, Program
from surestep_dsl.effects import effect_of

__all__ = ["find_linked_faults"]

_LAZY: Final = "AsyncGenerator AsyncIterator Awaitable Callable Coroutine Generator Iterable Iterator"

_NOT_STORED: Final = frozenset(
    f"{module}.{name}"
    for module, names in {
        "collections.abc": _LAZY,
        "typing": f"{_LAZY} IO BinaryIO TextIO",
        "io": "BytesIO StringIO TextIOWrapper BufferedReader",
        "asyncio": "Event Future Lock Queue Task",
        "threading": "Event Lock Thread",
        "socket": "socket",
        "httpx": "AsyncClient Client Response",
        "requests": "Response Session",
        "types": "FunctionType GeneratorType ModuleType",
    }.items()
    for name in names.split()
)
"""Types of results that nothing can store and read back."""

_AWAITABLE: Final = ("surestep.", "contextlib.", "collections.abc.", "typing.", "types.")
"""Steps, and what only awaits in turn what it is given or made of."""


def find_linked_faults(program: Program, function: Function) -> Iterator[Fault]:
    """The faults of a handler or of a function that is given `step`."""
    for body in function.facts.bodies:
        targets, _ = program.find(body.name)
        for target in targets:
            yield from _changed_arguments(body, target)
            yield from _lost_results(body, target)
    for use in function.facts.uses:
        if use.form is Form.AWAIT:
            yield from _foreign_awaits(program, use)


def _changed_arguments(body: BodyUse, target: Function) -> Iterator[Fault]:
    for position in target.facts.mutates:
        name = body.arguments[position] if position < len(body.arguments) else ""
        if name:
            message = f"{target.facts.name} changes its argument `{name}`; on a replay the body does not run"
            hint = "return the changed value from the body, and assign the result"
            yield Fault("D115", "argument-mutation", message, hint, body.place)


def _lost_results(body: BodyUse, target: Function) -> Iterator[Fault]:
    facts = target.facts
    what = "a generator" if facts.is_generator else facts.returns if facts.returns in _NOT_STORED else ""
    if what:
        message = f"{facts.name} returns {what}, which cannot be stored and read back"
        yield Fault("D124", "not-serialisable", message, "return plain data, such as a list or a model", body.place)


def _foreign_awaits(program: Program, use: Use) -> Iterator[Fault]:
    targets, name = program.find(use.name)
    if not targets and not name.startswith(_AWAITABLE) and effect_of(name) is None and program.is_foreign(name):
        awaited = name.replace(RESULT, "(...)").removesuffix(".__aenter__").removesuffix(".__aexit__")
        message = f"handler code awaits {awaited.removesuffix('.__anext__')}, which is not a step"
        yield Fault("D122", "foreign-await", message, 'write `await step.run("name", ...)` around it', use.place)
