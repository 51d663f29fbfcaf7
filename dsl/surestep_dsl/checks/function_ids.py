"""Ids of functions in conditions on system events."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.expression_scopes import Placed, answers, placed_expressions
from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.expr import Expression, parse_expression
from surestep_dsl.expr.syntax import Binary, ListLiteral, Literal, Name, Node, Select, children
from surestep_dsl.flow import EventTrigger
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.system_events import RUN_END_EVENTS

__all__ = ["CHECK"]


def find_unknown_function_ids(view: View) -> Iterator[Diagnostic]:
    """What is compared with `function_id` of a system event must be a declared function, as `app-function`.

    Engines know functions by the app's id, a hyphen and the function's id; `"process-order"` alone would never match.
    """
    known = frozenset(f"{view.project.app}-{function_id}" for function_id in view.project.functions)
    for function in view.project.functions.values():
        triggers = (trigger.event for trigger in function.options.triggers if isinstance(trigger, EventTrigger))
        events = (*triggers, *(answer.event for answer, _ in answers(function)))
        if set(RUN_END_EVENTS).isdisjoint(events):
            continue
        for placed in placed_expressions(view, function):
            for literal in _compared_ids(placed):
                if literal.value not in known:
                    hint = did_you_mean(str(literal.value), known, "write the app's id, a hyphen and the function's id")
                    message = f"there is no function `{literal.value}`"
                    yield view.find_in("F109", message, placed.path, literal.start, literal.end, hint)


def _compared_ids(placed: Placed) -> Iterator[Literal]:
    roots = {
        root
        for scope in placed.scopes
        for root, event in (("event", scope.event), ("async", scope.other))
        if event is not None and event.name in RUN_END_EVENTS
    }
    expression = parse_expression(placed.text) if roots and placed.use is not None else None
    waiting: list[Node] = [expression.root] if isinstance(expression, Expression) else []
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        if isinstance(node, Binary) and node.operator in ("==", "!=", "in"):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if _is_function_id(one, roots):
                    yield from _texts(other)


def _is_function_id(node: Node, roots: set[str]) -> bool:
    match node:
        case Select(of=Select(of=Name(name=root), field="data"), field="function_id"):
            return root in roots
        case _:
            return False


def _texts(node: Node) -> Iterator[Literal]:
    for item in node.items if isinstance(node, ListLiteral) else (node,):
        if isinstance(item, Literal) and isinstance(item.value, str):
            yield item


def _on_failure_of(condition: str) -> str:
    trigger = f"{{event: inngest/function.failed, if: {condition}}}"
    return f"functions:\n  a: {{}}\n  f:\n    triggers: {trigger}"


CHECK: Final = Check(
    codes=("F109",),
    find=find_unknown_function_ids,
    valid=(_on_failure_of('event.data.function_id == "shop-a"'), _on_failure_of('event.data.run_id == "a"')),
    invalid=(
        (_on_failure_of('event.data.function_id == "a"'), "F109"),
        (_on_failure_of('\'event.data.function_id in ["shop-a", "shop-b"]\''), "F109"),
    ),
)
