"""Says what is wrong with the arguments of `step.run` and `step.invoke`, where mypy alone names no argument.

To mypy, `step.run("id", body, 5)` fits none of two overloads. Calling `body(5)` on trial tells which argument of `body`
is wrong, and what it expects; mypy says it in its own words.
"""

from typing import NamedTuple

from mypy.applytype import apply_generic_arguments
from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, CallExpr
from mypy.plugin import MethodSigContext
from mypy.types import AnyType, CallableType, FunctionLike, Instance, Type, TypeOfAny, get_proper_type

__all__ = ["Trial", "Trials", "plan_invoke_signature"]

_COROUTINE = "typing.Coroutine"
_OWN_ARGUMENTS = 2
"""Of `run`: the step's id and the body."""


class Trial(NamedTuple):
    """What comes of calling a body on trial.

    Attributes:
        signature: how mypy is to check the call; where the body refuses its arguments, anything is accepted.
        result: the type of what the step gives; None where that is not known.
        is_first: of the two overloads of `run` this is about the first.
    """

    signature: FunctionLike
    result: Type | None = None
    is_first: bool = False


class Trials:
    """Calls bodies on trial, each once: mypy asks for the two overloads of `run` one after the other."""

    def __init__(self) -> None:
        self._last: tuple[CallExpr, Type, bool] | None = None

    def try_body(self, ctx: MethodSigContext) -> Trial:
        """Call the body of a step on trial; what it refuses is reported for the first overload."""
        signature, call, checker = ctx.default_signature, ctx.context, ctx.api
        if not isinstance(call, CallExpr) or not isinstance(checker, TypeChecker) or not _is_plain(call):
            return Trial(signature)
        is_first, last = _takes_coroutine(signature), self._last
        self._last = None
        if is_first or last is None or last[0] is not call:
            body = get_proper_type(checker.get_expression_type(call.args[1]))
            if not isinstance(body, FunctionLike):
                return Trial(signature)
            with checker.msg.filter_errors() as refused:
                result = _awaited(_call_body(checker, body, call))
            last = self._last = call, result, refused.has_new_errors()
            if is_first and refused.has_new_errors():
                _call_body(checker, body, call)
        _, result, is_refused = last
        return Trial(_accept_anything(signature, result)) if is_refused else Trial(signature, result, is_first)


def plan_invoke_signature(ctx: MethodSigContext) -> CallableType:
    """The signature with the input that the function invoked has, so that a wrong one is an error of its own."""
    signature = ctx.default_signature
    functions = ctx.args[1] if len(ctx.args) > 1 else []
    if not functions or not isinstance(ctx.api, TypeChecker):
        return signature
    found = get_proper_type(ctx.api.get_expression_type(functions[0]))
    wanted = get_proper_type(signature.arg_types[1])
    if not isinstance(found, Instance) or not isinstance(wanted, Instance) or not found.type.has_base(_name(wanted)):
        return signature
    types = map_instance_to_supertype(found, wanted.type).args
    return apply_generic_arguments(signature, types, ctx.api.msg.incompatible_typevar_value, ctx.context)


def _is_plain(call: CallExpr) -> bool:
    """Whether the id and the body are given as such."""
    return len(call.args) >= _OWN_ARGUMENTS and call.arg_kinds[:_OWN_ARGUMENTS] == [ARG_POS, ARG_POS]


def _call_body(checker: TypeChecker, body: FunctionLike, call: CallExpr) -> Type:
    own = slice(_OWN_ARGUMENTS, None)
    inner = CallExpr(call.args[1], call.args[own], call.arg_kinds[own], call.arg_names[own])
    inner.set_line(call)
    expressions = checker.expr_checker
    expressions.type_context.append(None)  # what is expected of the step is not expected of the body
    try:
        return expressions.check_call(body, inner.args, inner.arg_kinds, inner, inner.arg_names)[0]
    finally:
        expressions.type_context.pop()


def _takes_coroutine(signature: CallableType) -> bool:
    body = get_proper_type(signature.arg_types[1])
    made = get_proper_type(body.ret_type) if isinstance(body, CallableType) else None
    return isinstance(made, Instance) and _name(made) == _COROUTINE


def _awaited(made: Type) -> Type:
    """The result of a coroutine; of anything else, itself."""
    proper = get_proper_type(made)
    return proper.args[2] if isinstance(proper, Instance) and _name(proper) == _COROUTINE else made


def _accept_anything(signature: CallableType, result: Type) -> CallableType:
    pending = get_proper_type(signature.ret_type)
    anything = AnyType(TypeOfAny.from_error)
    return signature.copy_modified(
        arg_types=[anything, anything],
        arg_kinds=[ARG_STAR, ARG_STAR2],
        arg_names=[None, None],
        ret_type=pending.copy_modified(args=[result]) if isinstance(pending, Instance) else pending,
        variables=[],
    )


def _name(instance: Instance) -> str:
    return instance.type.fullname
