"""Steps in a `finally` block."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode, root_name
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["FINALLY_EFFECTS"]


def find_finally_effects(code: StepCode) -> Iterator[Fault]:
    """A `finally` block may not use steps.

    A handler that waits may be taken out of memory; Python then runs its `finally` blocks, long before the run ends,
    and a step there leads nowhere. Catch the error, use the step, and raise it again.
    """
    for statement in (statement for node in code.own(ast.Try) for statement in node.finalbody):
        for found in nodes_of(statement):
            if isinstance(found, ast.Call) and root_name(found.func) in code.steps:
                message = "this also runs when the handler is taken out of memory while it waits"
                hint = "`except Exception:`, then the step, then `raise`; and the step once more after the `try`"
                yield fault("D125", "finally-side-effect", found, message, hint)


FINALLY_EFFECTS = Rule(
    "D125",
    "finally-side-effect",
    find_finally_effects,
    valid=(
        """
async def handle(ctx, step):
    try:
        await step.run('a', len, 'x')
    finally:
        done = True
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    try:
        await step.run('a', len, 'x')
    finally:
        await step.run('b', len, 'y')
""",
    ),
)
