"""An `except` that catches what ends a run."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode, root_name
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["SWALLOWED_ENDS"]


def find_swallowed_ends(code: StepCode) -> Iterator[Fault]:
    """Handler code may not swallow what is not its own to handle.

    `except:` and `except BaseException:` around a step also catch the signal by which a run is put to rest, and
    violations of determinism. Catch `Exception`, or the errors that are meant, such as StepError.
    """
    for node in code.own(ast.Try):
        if not _uses_steps(node.body, code.steps):
            continue
        for handler in node.handlers:
            if _catches_all(handler.type) and not _raises_again(handler.body):
                message = "this catches what puts a run to rest, and violations of determinism"
                yield fault(
                    "D121", "step-in-except-swallow", _place(handler), message, "catch `Exception` or StepError"
                )


def _uses_steps(body: list[ast.stmt], steps: frozenset[str]) -> bool:
    nodes = (node for statement in body for node in nodes_of(statement))
    return any(isinstance(node, ast.Await | ast.Call) and _root_of(node) in steps for node in nodes)


def _root_of(node: ast.Await | ast.Call) -> str:
    return root_name(node.value if isinstance(node, ast.Await) else node)


def _catches_all(caught: ast.expr | None) -> bool:
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    names = ("BaseException", "GeneratorExit", "NonDeterminismError")
    return any(part is None or (isinstance(part, ast.Name) and part.id in names) for part in parts)


def _raises_again(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Raise) for statement in body for node in nodes_of(statement))


def _place(handler: ast.ExceptHandler) -> ast.expr | ast.stmt:
    return handler.type or handler.body[0]


SWALLOWED_ENDS = Rule(
    "D121",
    "step-in-except-swallow",
    find_swallowed_ends,
    valid=(
        """
async def handle(ctx, step):
    try:
        await step.run('a', len, 'x')
    except Exception:
        return 0
""",
        """
async def handle(ctx, step):
    try:
        await step.run('a', len, 'x')
    except BaseException:
        raise
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    try:
        await step.run('a', len, 'x')
    except:
        return 0
""",
        """
async def handle(ctx, step):
    try:
        await step.sleep('a', '1h')
    except (ValueError, BaseException):
        return 0
""",
    ),
)
