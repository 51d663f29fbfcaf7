"""Evaluating a compiled expression: as any value, as a condition, as a key, as a priority.

Total and bounded: whatever the event holds, the result is a value or an `ExprError`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from surestep_dsl.expr.compile import compile_node
from surestep_dsl.expr.frame import Code
from surestep_dsl.expr.syntax import Expression, Loop, Node, children
from surestep_dsl.expr.values import EvaluationError, EventValue, ExprError, Int, Value, kind_of, scalar_text
from surestep_dsl.limits import MAX_EVALUATION_STEPS, MAX_PRIORITY_SECONDS

__all__ = [
    "Program",
    "compile_expression",
    "evaluate",
    "evaluate_condition",
    "evaluate_key",
    "evaluate_priority",
]

# Data beyond what JSON from the wire can hold: nesting beyond Python's stack, numbers of thousands of digits.
_BEYOND_JSON: Final = (RecursionError, ArithmeticError, ValueError)


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression. Made by `compile_expression`; safe to share between threads."""

    expression: Expression
    code: Code
    variables: tuple[None, ...]


def compile_expression(expression: Expression) -> Program:
    """Compiles once what is evaluated often. Never raises, also where `check_expression` found errors."""
    return Program(expression, compile_node(expression.root), (None,) * _loop_depth(expression.root))


def _loop_depth(node: Node) -> int:
    return isinstance(node, Loop) + max(map(_loop_depth, children(node)), default=0)


def evaluate(program: Program, event: EventValue, other: EventValue | None = None, *, now_ms: int) -> Value:
    """The value of an expression; `other` is what `async` means, `now_ms` what `now()` means."""
    try:
        value: Value = program.code([event, other, now_ms, MAX_EVALUATION_STEPS, *program.variables])
    except EvaluationError as error:
        return ExprError(str(error))
    except _BEYOND_JSON as error:
        return ExprError(f"a value that cannot be computed with: {error}")
    return value


def evaluate_condition(
    program: Program,
    event: EventValue,
    other: EventValue | None = None,
    *,
    now_ms: int,
    on_error: Callable[[ExprError], None] | None = None,
) -> bool:
    """Whether a condition holds; one whose value is an error or no boolean does not, and `on_error` hears of it."""
    try:
        value = program.code([event, other, now_ms, MAX_EVALUATION_STEPS, *program.variables])
        if value is True or value is False:
            return bool(value)
        error = ExprError(f"a condition is a boolean, not {kind_of(value)}")
    except EvaluationError as failure:
        error = ExprError(str(failure))
    except _BEYOND_JSON as failure:
        error = ExprError(f"a value that cannot be computed with: {failure}")
    if on_error is not None:
        on_error(error)
    return False


def evaluate_key(program: Program, event: EventValue, *, now_ms: int) -> str | ExprError:
    """The canonical text of a key: equal texts share a group, and all errors form one group of their own."""
    value = evaluate(program, event, now_ms=now_ms)
    if isinstance(value, ExprError):
        return value
    text = scalar_text(value)
    return ExprError(f"a key is a scalar, not {kind_of(value)}") if text is None else text


def evaluate_priority(program: Program, event: EventValue, *, now_ms: int) -> int | ExprError:
    """A priority in seconds, clipped to the range that a spec may state."""
    value = evaluate(program, event, now_ms=now_ms)
    if isinstance(value, ExprError):
        return value
    if not isinstance(value, Int):
        return ExprError(f"a priority is a whole number, not {kind_of(value)}")
    return max(-MAX_PRIORITY_SECONDS, min(int(value), MAX_PRIORITY_SECONDS))
