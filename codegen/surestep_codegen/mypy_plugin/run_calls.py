"""Says what is wrong with the arguments of `step.run` and `step.invoke`, where mypy alone names no argument.

To mypy, `step.run("id", body, 5)` fits none of two overloads. Calling `body(5)` on trial tells which argument of `body`
is wrong, and what it expects; mypy says it in its own words.
"""

from mypy.applytype import apply_generic_arguments
from mypy.checker import TypeChecker
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, CallExpr, Expression
from mypy.plugin import MethodSigContext
from mypy.types import AnyType, CallableType, FunctionLike, Instance, Type, TypeOfAny, get_proper_type

__all__ = ["plan_invoke_signature", "plan_run_signature"]

_COROUTINE = "typing.Coroutine"
_OWN_ARGUMENTS = 2
"""Of `run`: the step's id and the body."""


def plan_run_signature(ctx: MethodSigContext) -> FunctionLike:
    """The signature as it is; where the body refuses its arguments, that is said, and anything is accepted instead."""
    call, checker = ctx.context, ctx.api
    if not isinstance(call, CallExpr) or not isinstance(checker, TypeChecker) or not _is_plain(call):
        return ctx.default_signature
    body = get_proper_type(checker.get_expression_type(call.args[1]))
    if not isinstance(body, FunctionLike):
        return ctx.default_signature
    with checker.msg.filter_errors() as refused:
        made = _call_body(checker, body, call)
    if not refused.has_new_errors():
        return ctx.default_signature
    if _takes_coroutine(ctx.default_signature):  # of two overloads the first says it
        _call_body(checker, body, call)
    return _accept_anything(ctx.default_signature, made)


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
    arguments: list[Expression] = call.args[_OWN_ARGUMENTS:]
    kinds, names = call.arg_kinds[_OWN_ARGUMENTS:], call.arg_names[_OWN_ARGUMENTS:]
    expressions = checker.expr_checker
    expressions.type_context.append(None)  # what is expected of the step is not expected of the body
    try:
        return expressions.check_call(body, arguments, kinds, call, names)[0]
    finally:
        expressions.type_context.pop()


def _takes_coroutine(signature: CallableType) -> bool:
    body = get_proper_type(signature.arg_types[1])
    made = get_proper_type(body.ret_type) if isinstance(body, CallableType) else None
    return isinstance(made, Instance) and _name(made) == _COROUTINE


def _accept_anything(signature: CallableType, made: Type) -> CallableType:
    result, pending = get_proper_type(made), get_proper_type(signature.ret_type)
    if isinstance(result, Instance) and _name(result) == _COROUTINE:
        made = result.args[2]
    anything = AnyType(TypeOfAny.from_error)
    return signature.copy_modified(
        arg_types=[anything, anything],
        arg_kinds=[ARG_STAR, ARG_STAR2],
        arg_names=[None, None],
        ret_type=pending.copy_modified(args=[made]) if isinstance(pending, Instance) else pending,
        variables=[],
    )


def _name(instance: Instance) -> str:
    return instance.type.fullname
