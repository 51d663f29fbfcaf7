"""Waiting for the answer to an event that was sent before."""

import ast
from collections.abc import Iterator

from surestep_codegen.lint.code import StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.rule import Rule, fault

__all__ = ["WAIT_AFTER_SEND"]


def find_waits_after_sends(code: StepCode) -> Iterator[Fault]:
    """A wait for the answer to something sent before should look back.

    The answer may come before the wait has begun, and be missed. With `lookback="run"` the wait also takes what came
    since the run began.
    """
    sent = False
    for step in code.step_calls:
        if step.method == "send_event":
            sent = True
        elif step.method == "wait_for_event" and sent and not _looks_back(step.call):
            message = "an event was sent before this wait; its answer may come before the wait has begun"
            yield fault("D126", "wait-after-send", step.call, message, 'write `lookback="run"`')


def _looks_back(call: ast.Call) -> bool:
    return any(keyword.arg == "lookback" for keyword in call.keywords)


WAIT_AFTER_SEND = Rule(
    "D126",
    "wait-after-send",
    find_waits_after_sends,
    valid=(
        """
async def handle(ctx, step):
    await step.send_event('a', event)
    await step.wait_for_event('b', Paid, timeout='1h', lookback='run')
""",
        """
async def handle(ctx, step):
    await step.wait_for_event('b', Paid, timeout='1h')
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    await step.send_event('a', event)
    await step.wait_for_event('b', Paid, timeout='1h')
""",
    ),
)
