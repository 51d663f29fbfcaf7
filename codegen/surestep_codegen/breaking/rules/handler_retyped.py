"""B305: a handler has another type."""

from collections.abc import Iterator
from typing import Final

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.python_classes import python_type
from surestep_codegen.breaking.rule import Category, Change, Direction, Rule
from surestep_dsl.flow import CronTrigger
from surestep_dsl.model import FunctionDef, Path
from surestep_dsl.names import class_name

__all__ = ["RULE"]


def find_retyped_handlers(both: Comparison) -> Iterator[Change]:
    """What a handler is called with, or has to return, has another type.

    A handler of failures or cancellations that is no longer wanted counts, too.
    """
    for function, other in both.functions:
        path: Path = ("functions", function.id)
        owner = f"{class_name(function.id)}Result"
        before = python_type(both.old, function.returns, owner)
        now = python_type(both.new, other.returns, owner)
        if before != now:
            yield _change((*path, "returns"), f"the handler returns `{now}`, and returned `{before}`")
        if _events(function) != _events(other):
            yield _change((*path, "triggers"), "the handler's `ctx.event` is of other classes")
        for role in ("on_failure", "on_cancel"):
            if getattr(function.options, role) and not getattr(other.options, role):
                yield _change((*path, role), f"there is no `{role}` handler any more")


def _change(path: Path, message: str) -> Change:
    return Change(path, message, "change the handler", place=path)


def _events(function: FunctionDef) -> tuple[object, ...]:
    """What tells apart the unions of events that a handler can get."""
    has_cron = any(isinstance(trigger, CronTrigger) for trigger in function.options.triggers)
    return frozenset(function.trigger_events), has_cron, function.has_input


RULE: Final = Rule(
    code="B305",
    title="a handler has another type",
    category=Category.SOURCE,
    direction=Direction.CODE,
    find=find_retyped_handlers,
    invalid=(
        (
            "functions: {ship: {returns: string}}",
            "functions: {ship: {returns: integer}}",
        ),
        (
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {triggers: {event: a/b}}}"),
            ("events: {a/b: {}, a/c: {}}\nfunctions: {ship: {triggers: {event: a/*}}}"),
        ),
        (
            "functions: {ship: {on_failure: true}}",
            "functions: {ship: {}}",
        ),
    ),
    valid=(
        (
            "functions: {ship: {returns: string}}",
            "functions: {ship: {returns: {type: url}}}",
        ),
        (
            ("events: {a/b: {}}\nfunctions: {ship: {triggers: {event: a/b}}}"),
            ("events: {a/b: {}}\nfunctions: {ship: {triggers: {event: a/*}, on_failure: true}}"),
        ),
    ),
)
