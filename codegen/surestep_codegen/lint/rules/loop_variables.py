"""A body that sees a loop's variable after the loop has gone on."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCall, StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["LOOP_VARIABLES"]


def find_loop_variables(code: StepCode) -> Iterator[Fault]:
    """A body made in a loop and run later sees the loop's last value.

    Python looks the variable up when the body runs. Bind the value, `lambda item=item: ...`, or hand it over as an
    argument: `step.run(id, function, item)`. A step that is awaited at once is fine.
    """
    awaited = {id(node.value) for node in code.every(ast.Await)}
    if not isinstance(code.node, ast.AsyncFunctionDef):
        return  # its steps, if they are some, do not wait for an `await`
    late = [step for step in code.step_calls if id(step.call) not in awaited and code.body_code(step) is not None]
    for loop, targets in _loops(code) if late else ():
        inside = {id(node) for node in nodes_of(loop)}
        for step in late:
            if id(step.call) in inside:
                yield from _captured(code, step, targets)


def _loops(code: StepCode) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    for found in code.every(ast.For, ast.AsyncFor, ast.ListComp, ast.GeneratorExp, ast.SetComp):
        match found:
            case ast.For(target=target) | ast.AsyncFor(target=target):
                yield found, _names(target)
            case ast.ListComp(generators=parts) | ast.GeneratorExp(generators=parts) | ast.SetComp(generators=parts):
                yield found, frozenset().union(*(_names(part.target) for part in parts))
            case _:
                pass


def _names(target: ast.expr) -> frozenset[str]:
    return frozenset(node.id for node in nodes_of(target) if isinstance(node, ast.Name))


def _captured(code: StepCode, step: StepCall, targets: frozenset[str]) -> Iterator[Fault]:
    body = code.body_code(step)
    if body is None:
        return
    own = {argument.arg for argument in (*body.args.args, *body.args.kwonlyargs)}
    statements = [body.body] if isinstance(body, ast.Lambda) else body.body
    read = {node.id for part in statements for node in nodes_of(part) if isinstance(node, ast.Name)}
    for name in sorted((read & targets) - own):
        message = f"this body runs later, and sees the last value of `{name}`"
        yield fault(
            "D123", "lambda-loop-variable", step.body or step.call, message, f"bind it: `lambda {name}={name}: ...`"
        )


LOOP_VARIABLES = Rule(
    "D123",
    "lambda-loop-variable",
    find_loop_variables,
    valid=(
        """
async def handle(ctx, step):
    for item in (1, 2):
        await step.run('a', lambda: item)
""",
        """
async def handle(ctx, step):
    return await step.gather(*[step.run('a', lambda i=i: i) for i in (1, 2)])
""",
        """
async def handle(ctx, step):
    return await step.gather(*[step.run('a', abs, item) for item in (1, 2)])
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    return await step.gather(*[step.run('a', lambda: i) for i in (1, 2)])
""",
        """
async def handle(ctx, step):
    made = []
    for item in (1, 2):
        made.append(step.run('a', lambda: item))
    return await step.gather(*made)
""",
    ),
)
