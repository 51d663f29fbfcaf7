"""A step id that is computed from something that may change."""

import ast
from collections.abc import Iterator
from typing import Final

from surestep_codegen.lint.code import StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["DYNAMIC_STEP_ID"]

_HARMLESS: Final = frozenset({"str", "len", "int", "format", "lower", "upper", "strip", "replace", "join"})


def find_dynamic_step_ids(code: StepCode) -> Iterator[Fault]:
    """A step's id should be a text, or put together from plain values.

    The id is how history finds the step's result again. What a function makes of the world may be another text on the
    replay; a loop's number or a field of the event is fine: `f"charge-{number}"`.
    """
    for step in code.step_calls:
        calls = [node for node in nodes_of(step.id) if isinstance(node, ast.Call)] if step.id is not None else []
        for call in calls:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in _HARMLESS:
                message = f"this step's id depends on what `{ast.unparse(call.func)}` returns"
                hint = 'write a text, or one with plain values in it: f"charge-{number}"'
                yield fault("D118", "dynamic-step-id", call, message, hint)


DYNAMIC_STEP_ID = Rule(
    "D118",
    "dynamic-step-id",
    find_dynamic_step_ids,
    valid=(
        """
async def handle(ctx, step):
    for number in range(3):
        await step.run(f'a-{number}', len, 'x')
""",
        """
async def handle(ctx, step):
    await step.run('charge-' + str(ctx.event.data.id), len, 'x')
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    await step.run(make_id(), len, 'x')
""",
    ),
)
