"""A step that is made and not awaited."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode, root_name
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault

__all__ = ["UNAWAITED_STEP"]


def find_unawaited_steps(code: StepCode) -> Iterator[Fault]:
    """A step runs when it is awaited.

    One that is only made never runs; the run would fail at its end. Await it, or hand it to `step.gather`.
    """
    if not isinstance(code.node, ast.AsyncFunctionDef):
        return  # it cannot await, so it hands steps to others, or belongs to an engine whose steps block
    for node in code.own(ast.Expr, ast.Assign):
        match node:
            case ast.Expr(value=ast.Call() as call) if root_name(call) in code.steps:
                yield _fault(call)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                if root_name(call) in code.steps and not _is_read(code, name):
                    yield _fault(call)
            case _:
                pass


def _is_read(code: StepCode, name: str) -> bool:
    return any(node.id == name and isinstance(node.ctx, ast.Load) for node in code.every(ast.Name))


def _fault(call: ast.Call) -> Fault:
    return fault(
        "D117", "unawaited-step", call, "this step is never awaited, so it never runs", "write `await` before it"
    )


UNAWAITED_STEP = Rule(
    "D117",
    "unawaited-step",
    find_unawaited_steps,
    valid=(
        """
async def handle(ctx, step):
    await step.run('a', len, 'x')
""",
        """
async def handle(ctx, step):
    first = step.run('a', len, 'x')
    return await step.gather(first)
""",
        """
def handle(ctx, step):
    return step.run('a', len, 'x')
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    step.run('a', len, 'x')
""",
        """
async def handle(ctx, step):
    result = step.sleep('a', '1h')
""",
        """
async def handle(ctx, step):
    step.gather(step.run('a', len, 'x'))
""",
    ),
)
