"""A step's body that changes variables of its handler."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode, mutations_among
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.handlers import Definition
from surestep_codegen.lint.names import Scope
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["CLOSURE_MUTATION"]


def find_closure_mutation(code: StepCode) -> Iterator[Fault]:
    """The body of a step may not change variables of the handler around it.

    A body runs once; on a replay only its result is there, so the change is missing. Return the value from the body.
    """
    for step in code.step_calls:
        body = code.body_code(step)
        if body is not None:
            yield from _changes(body, code.scope)


def _changes(body: Definition | ast.Lambda, outside: Scope) -> Iterator[Fault]:
    inside = outside.enter(body)
    nodes = nodes_of(body)
    for node in nodes:
        if isinstance(node, ast.Nonlocal):
            yield from (_fault(node, name) for name in node.names if name in outside.names)
    for place, name, _ in mutations_among(nodes):
        if name not in inside.names and name in outside.names:
            yield _fault(place, name)


def _fault(place: ast.expr | ast.stmt, name: str) -> Fault:
    message = f"the body of a step changes `{name}` of its handler; on a replay the body does not run"
    return fault(
        "D114", "closure-mutation", place, message, "return the new value from the body, and assign the result"
    )


CLOSURE_MUTATION = Rule(
    "D114",
    "closure-mutation",
    find_closure_mutation,
    valid=(
        """
async def handle(ctx, step):
    def body() -> list[int]:
        items = []
        items.append(1)
        return items
    return await step.run('a', body)
""",
        """
async def handle(ctx, step):
    item = 5
    return await step.run('a', lambda: item + 1)
""",
        """
TOTALS = {}
async def handle(ctx, step):
    await step.run('count', lambda: TOTALS.update(a=1))
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    items = []
    await step.run('a', lambda: items.append(1))
""",
        """
async def handle(ctx, step):
    count = 0
    def body() -> None:
        nonlocal count
        count += 1
    await step.run('a', body)
    return count
""",
        """
async def handle(ctx, step):
    found = {}
    def body() -> None:
        found['a'] = 1
    await step.run('a', body)
""",
    ),
)
