"""Mends of steps that are used wrongly."""

import ast
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.spot import Fix, Spot

__all__ = ["STEP_FIXERS"]

StepFixer: TypeAlias = Callable[[Spot], Fix | None]


def fix_unordered_iteration(spot: Spot) -> Fix | None:
    """Sort what is gone through; taking something out of a set has no such mend."""
    start, end = spot.module.range(spot.node)
    is_popped = isinstance(spot.parent, ast.Attribute)
    return spot.insert((start, "sorted("), (end, ")"), is_safe=not is_popped)


def fix_unawaited_step(spot: Spot) -> Fix | None:
    """Await it where it stands."""
    is_statement = isinstance(spot.parent, ast.Expr | ast.Assign)
    if not isinstance(spot.node, ast.Call) or not spot.step or not is_statement:
        return None
    return spot.insert((spot.module.range(spot.node)[0], "await "))


def fix_loop_variables(spot: Spot) -> Fix | None:
    """Bind a variable that a lambda takes from the loop, unless it has parameters that a caller fills."""
    body = spot.node
    if not isinstance(body, ast.Lambda) or len(body.args.defaults) < len(body.args.args):
        return None
    bound, name = body.args.defaults, spot.name
    if bound:
        return spot.insert((spot.module.range(bound[-1])[1], f", {name}={name}"))
    start = spot.module.range(body)[0] + len("lambda")
    return None if ast.unparse(body.args) else spot.insert((start, f" {name}={name}"))


def fix_wait_after_send(spot: Spot) -> Fix | None:
    """Let the wait look back to the beginning of the run."""
    call = spot.node
    if not isinstance(call, ast.Call):
        return None
    last = max(spot.module.range(one)[1] for one in (*call.args, *(keyword.value for keyword in call.keywords)))
    return spot.insert((last, ', lookback="run"'))


STEP_FIXERS: Final[Mapping[str, StepFixer]] = {
    "D116": fix_unordered_iteration,
    "D117": fix_unawaited_step,
    "D123": fix_loop_variables,
    "D126": fix_wait_after_send,
}
"""By code."""
