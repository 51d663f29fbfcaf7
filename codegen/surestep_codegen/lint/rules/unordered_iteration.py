"""Going through a set, whose order differs from process to process."""

import ast
from collections.abc import Iterable, Iterator
from typing import Final

from surestep_codegen.lint.code import ORDER_FREE, ORDER_KEEPING, StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.names import Scope
from surestep_codegen.lint.rule import Rule, fault
from surestep_codegen.lint.tree import nodes_of

__all__ = ["UNORDERED_ITERATION"]

_MAKERS: Final = frozenset({"set", "frozenset"})
_GOING: Final = (ast.For, ast.AsyncFor, ast.Starred, ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.Call)
_ORDERED_BY: Final = frozenset({"list", "tuple", "enumerate", "iter", "reversed", "zip", "map", "filter", "next"})
_SET_METHODS: Final = frozenset({"union", "intersection", "difference", "symmetric_difference"})


def find_unordered_iteration(code: StepCode) -> Iterator[Fault]:
    """Handler code may not depend on the order of a set.

    The order follows the hashes, which Python chooses anew in every process. Sort it: `for item in sorted(items)`.
    Asking whether something is in a set, its length, sums, and whatever else does not show the order are fine.
    """
    sets = _set_variables(code)
    free = {id(call.args[0]) for call in code.own(ast.Call) if _is_order_free(call)}
    for node in code.own(*_GOING):
        for place in () if id(node) in free else _gone_through(node):
            if _is_set(place, sets, code.scope):
                message = "handler code goes through a set, whose order differs from process to process"
                yield fault("D116", "unordered-iteration", place, message, f"sort it: `sorted({ast.unparse(place)})`")


def _gone_through(node: ast.AST) -> Iterable[ast.expr]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=places):
            return places if name in _ORDERED_BY else ()
        case ast.Call(func=ast.Attribute(value=place, attr="pop"), args=[]):
            return (place,)
        case ast.Call(func=ast.Attribute(attr="join"), args=[place]):
            return (place,)
        case ast.For(iter=place) | ast.AsyncFor(iter=place) | ast.Starred(value=place):
            return (place,)
        case ast.ListComp(generators=parts) | ast.DictComp(generators=parts) | ast.GeneratorExp(generators=parts):
            return [part.iter for part in parts]
        case _:
            return ()


def _is_order_free(call: ast.Call) -> bool:
    """Whether its argument is gone through without showing the order, and without steps on the way."""
    match call:
        case ast.Call(func=ast.Name(id=name), args=[items]) if name in ORDER_FREE and _keeps_order(items):
            return not any(isinstance(node, ast.Await) for node in nodes_of(items))
        case _:
            return False


def _keeps_order(items: ast.expr) -> bool:
    match items:
        case ast.GeneratorExp() | ast.ListComp():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in ORDER_KEEPING
        case _:
            return False


def _set_variables(code: StepCode) -> frozenset[str]:
    """Variables that hold a set at every place where they are assigned."""
    parameters = (*code.node.args.posonlyargs, *code.node.args.args, *code.node.args.kwonlyargs)
    found = {one.arg: True for one in parameters if one.annotation is not None and _is_set_type(one.annotation)}
    for node in code.own(ast.AnnAssign, ast.Assign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = found.get(name, True) and _is_set(value, frozenset(), code.scope)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                found[name] = _is_set_type(annotation)
            case _:
                pass
    return frozenset(name for name, holds_set in found.items() if holds_set)


def _is_set_type(annotation: ast.expr) -> bool:
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return isinstance(named, ast.Name) and named.id in _MAKERS


def _is_set(node: ast.expr, sets: frozenset[str], scope: Scope) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in sets
        case ast.Call(func=ast.Name(id=name)):
            return scope.resolve(node.func) in _MAKERS and name in _MAKERS
        case ast.Call(func=ast.Attribute(value=value, attr=attribute)) if attribute in _SET_METHODS:
            return _is_set(value, sets, scope)
        case ast.BinOp(left=left, right=right, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()):
            return _is_set(left, sets, scope) or _is_set(right, sets, scope)
        case _:
            return False


UNORDERED_ITERATION = Rule(
    "D116",
    "unordered-iteration",
    find_unordered_iteration,
    valid=(
        """
async def handle(ctx, step):
    for name in sorted({'a', 'b'}):
        await step.run(name, len, name)
""",
        """
async def handle(ctx, step):
    seen = {1, 2}
    return 1 in seen, len(seen), sum(seen)
""",
        """
async def handle(ctx, step, names: set[str]):
    names = sorted(names)
    return [name for name in names]
""",
        """
async def handle(ctx, step):
    names = {'a': 1}
    return [name for name in names]
""",
    ),
    invalid=(
        """
async def handle(ctx, step):
    return [name for name in {'a', 'b'}]
""",
        """
async def handle(ctx, step, names: set[str]):
    for name in names:
        await step.run(name, len, name)
""",
        """
async def handle(ctx, step):
    for name in {'a', 'b'}:
        await step.run(name, len, name)
""",
        """
async def handle(ctx, step):
    names = set(ctx.event.data.names)
    return [name for name in names]
""",
        """
async def handle(ctx, step):
    return list({'a', 'b'} - {'a'})
""",
        """
async def handle(ctx, step):
    return ', '.join({'a', 'b'})
""",
    ),
)
