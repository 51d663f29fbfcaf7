"""Mends of steps that are used wrongly."""

import ast
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.edits import AddArgument, BindVariable, Fix
from surestep_codegen.lint.fixes.spot import Spot

__all__ = ["STEP_FIXERS"]

StepFixer: TypeAlias = Callable[[Spot], Fix | None]


def fix_unordered_iteration(spot: Spot) -> Fix | None:
    """Sort what is gone through; taking something out of a set has no such mend."""
    return spot.replace("sorted({0})", spot.node, is_safe=not isinstance(spot.parent, ast.Attribute))


def fix_unawaited_step(spot: Spot) -> Fix | None:
    """Await it where it stands."""
    is_statement = isinstance(spot.parent, ast.Expr | ast.Assign)
    if not isinstance(spot.node, ast.Call) or not spot.step or not is_statement:
        return None
    return spot.replace("await {0}", spot.node)


def fix_loop_variables(spot: Spot) -> Fix | None:
    """Bind a variable that a lambda takes from the loop, unless it has parameters that a caller fills."""
    body = spot.node
    if not isinstance(body, ast.Lambda):
        return None
    given = body.args
    has_others = given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs
    return None if has_others or len(given.defaults) < len(given.args) else Fix((BindVariable(body, spot.name),))


def fix_wait_after_send(spot: Spot) -> Fix | None:
    """Let the wait look back to the beginning of the run."""
    call = spot.node
    if not isinstance(call, ast.Call) or not (call.args or call.keywords):
        return None
    if any(one.arg is None for one in call.keywords):
        return None  # what `**options` bring is not known
    return Fix((AddArgument(call, 'lookback="run"'),))


STEP_FIXERS: Final[Mapping[str, StepFixer]] = {
    "D116": fix_unordered_iteration,
    "D117": fix_unawaited_step,
    "D123": fix_loop_variables,
    "D126": fix_wait_after_send,
}
"""By code."""
