"""Changing a global variable in handler code."""

import ast
from collections.abc import Iterator
from typing import Final

from surestep_codegen.lint.code import MUTATING, StepCode, mutations_among
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault

__all__ = ["GLOBAL_MUTATION"]

_ASSIGNING: Final = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor, ast.NamedExpr)


def find_global_mutation(code: StepCode) -> Iterator[Fault]:
    """Handler code may not change global variables.

    A handler is run again from the top whenever its run goes on, in this process or another, so a global would be
    changed several times, or here and not there. Keep the value in a local variable, or change it inside a step.
    """
    declared = {name for node in code.own(ast.Global) for name in node.names}
    for target in (target for node in code.own(*_ASSIGNING) for target in _assigned(node)):
        if target.id in declared:
            yield _fault(target, target.id)
    for place, name, is_guess in mutations_among(code.own(*MUTATING)):
        is_global = not code.scope.is_local(name) and (name in code.containers or not is_guess)
        if is_global and name not in code.steps:
            yield _fault(place, name)


def _assigned(node: ast.AST) -> Iterator[ast.Name]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    yield from (target for target in targets if isinstance(target, ast.Name))


def _fault(place: ast.expr, name: str) -> Fault:
    message = f"handler code changes the global `{name}`; it would be changed again on every replay"
    return fault("D113", "global-mutation", place, message, "keep it in a local variable, or change it in a step")


GLOBAL_MUTATION = Rule(
    "D113",
    "global-mutation",
    find_global_mutation,
    valid=(
        """
TOTALS = {}
async def handle(ctx, step):
    totals = dict(TOTALS)
    totals['a'] = 1
    return totals
""",
        """
async def handle(ctx, step):
    items = []
    items.append(1)
    return items
""",
    ),
    invalid=(
        """
COUNT = 0
async def handle(ctx, step):
    global COUNT
    COUNT += 1
""",
        """
SEEN = set()
async def handle(ctx, step):
    SEEN.add(ctx.run_id)
""",
        """
CACHE = {}
async def handle(ctx, step):
    CACHE['a'] = 1
""",
        """
import config
async def handle(ctx, step):
    config.debug = True
""",
    ),
)
