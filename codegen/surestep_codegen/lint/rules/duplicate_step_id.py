"""Two steps of one handler with the same id."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCall, StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["DUPLICATE_STEP_ID"]


def find_duplicate_step_ids(code: StepCode) -> Iterator[Fault]:
    """Each place that makes a step should have an id of its own.

    The second use of an id is told apart by counting. Whoever later moves or removes the first gives its result to the
    second. In a loop, and in branches of which only one runs, the same id is fine.
    """
    first: dict[str, StepCall] = {}
    for step in code.step_calls:
        if not (isinstance(step.id, ast.Constant) and isinstance(step.id.value, str)):
            continue
        earlier = first.setdefault(step.id.value, step)
        if earlier is not step and not _exclude_each_other(code.node, earlier.call, step.call):
            message = f"the id {step.id.value!r} is used on line {earlier.call.lineno} already"
            yield fault("D119", "duplicate-step-id", step.id, message, "give this step an id of its own")


def _exclude_each_other(node: ast.AST, one: ast.Call, other: ast.Call) -> bool:
    """Whether the two lie in different branches of an `if`, `match` or `try`, or one leaves before the other."""
    for child in nodes_of(node):
        branches = _branches(child)
        first, second = (_branch_of(branches, call) for call in (one, other))
        if first is not None and first != second and (second is not None or _leaves(branches[first])):
            return True
    return False


def _leaves(branch: list[ast.stmt]) -> bool:
    """Whether what stands below the branches is not reached from this one."""
    return bool(branch) and isinstance(branch[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _branches(node: ast.AST) -> list[list[ast.stmt]]:
    match node:
        case ast.If(body=body, orelse=orelse):
            return [body, orelse]
        case ast.Match(cases=cases):
            return [case.body for case in cases]
        case ast.Try(handlers=handlers):
            return [handler.body for handler in handlers]
        case _:
            return []


def _branch_of(branches: list[list[ast.stmt]], call: ast.Call) -> int | None:
    for number, branch in enumerate(branches):
        if any(found is call for statement in branch for found in nodes_of(statement)):
            return number
    return None


DUPLICATE_STEP_ID = Rule(
    "D119",
    "duplicate-step-id",
    find_duplicate_step_ids,
    valid=(
        """
async def handle(ctx, step):
    for _ in range(3):
        await step.run('a', len, 'x')
""",
        """
async def handle(ctx, step):
    if ctx.event.data.big:
        await step.run('a', len, 'x')
    else:
        await step.run('a', len, 'y')
""",
        """
async def handle(ctx, step):
    if ctx.event.data.big:
        return await step.run('a', len, 'x')
    return await step.run('a', len, 'y')
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    if ctx.event.data.big:
        await step.run('a', len, 'x')
    await step.run('a', len, 'y')
""",
        """
async def handle(ctx, step):
    await step.run('a', len, 'x')
    await step.run('a', len, 'y')
""",
    ),
)
