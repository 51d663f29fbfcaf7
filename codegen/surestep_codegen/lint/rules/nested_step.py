"""A step inside the body of another."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["NESTED_STEP"]


def find_nested_steps(code: StepCode) -> Iterator[Fault]:
    """A step may not be used inside the body of another.

    The body runs once, so what it asked for could not be replayed. Return a value from the body and use the inner step
    in the handler.
    """
    for step in code.step_calls:
        for argument in step.arguments:
            if isinstance(argument, ast.Name) and argument.id in code.steps:
                yield _fault(argument)
        body = code.body_code(step)
        for node in nodes_of(body) if body is not None else ():
            if isinstance(node, ast.Name) and node.id in code.steps and isinstance(node.ctx, ast.Load):
                yield _fault(node)


def _fault(place: ast.expr) -> Fault:
    message = "a step is used inside the body of another step"
    return fault("D120", "nested-step", place, message, "return a value from the body, and use the step in the handler")


NESTED_STEP = Rule(
    "D120",
    "nested-step",
    find_nested_steps,
    valid=(
        """
async def handle(ctx, step):
    size = await step.run('a', len, 'x')
    await step.sleep('b', '1h')
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    async def body() -> None:
        await step.sleep('b', '1h')
    await step.run('a', body)
""",
        """
async def handle(ctx, step):
    await step.run('a', work, step)
""",
    ),
)
