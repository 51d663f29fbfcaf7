"""Whether a call fits the table of functions, and whether a constant part of an expression has a value at all."""

from typing import Final

from surestep_dsl.expr.compile import compile_node, function_of
from surestep_dsl.expr.functions import FUNCTIONS, Function
from surestep_dsl.expr.patterns import searcher
from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.static_types import ListShape, Type, basic
from surestep_dsl.expr.syntax import Call, Literal, LoopKind, Node
from surestep_dsl.expr.values import EvaluationError, Kind
from surestep_dsl.limits import MAX_EVALUATION_STEPS
from surestep_dsl.nearest import did_you_mean

__all__ = ["arguments_of", "call_problem", "constant_problem", "result_of"]

_KNOWN: Final = (*FUNCTIONS, *LoopKind, "has")
_ELSEWHERE: Final = {
    "includes": "contains",
    "len": "size",
    "length": "size",
    "lower": "lowerAscii",
    "parseFloat": "double",
    "parseInt": "int",
    "some": "exists",
    "every": "all",
    "toLowerCase": "lowerAscii",
    "toString": "string",
    "toUpperCase": "upperAscii",
    "upper": "upperAscii",
}


def arguments_of(call: Call) -> tuple[Node, ...]:
    """The values a function gets; of a method first the one before the dot."""
    return call.arguments if call.target is None else (call.target, *call.arguments)


def call_problem(call: Call, types: tuple[Type, ...]) -> Problem | None:
    """What is wrong with a call whose arguments have these types."""
    name, end = call.function, call.name_start + len(call.function)
    known = FUNCTIONS.get(name)
    if known is None:
        hint = f"did you mean `{_ELSEWHERE[name]}`?" if name in _ELSEWHERE else did_you_mean(name, _KNOWN)
        return find("E204", f"there is no function `{name}`", call.name_start, end, hint)
    function = function_of(call)
    if function is None:
        return find("E205", f"`{name}` is not called like this", call.name_start, end, f"write `{known.signature}`")
    for node, of, kinds in zip(arguments_of(call), types, function.parameters, strict=False):
        if not of.kinds & (kinds | {Kind.DYN}):
            message = f"`{name}` takes {_either(kinds)} here, not {of}"
            return find("E302", message, node.start, node.end, _argument_hint(kinds, of))
    return _pattern_problem(call)


def result_of(function: Function) -> Type:
    """What a function gives."""
    return Type((ListShape(basic(function.items)),)) if function.returns is Kind.LIST else basic(function.returns)


def constant_problem(node: Node) -> Problem | None:
    """Why a constant node is always an error, None where it has a value."""
    try:
        compile_node(node)([None, None, 0, MAX_EVALUATION_STEPS])
    except EvaluationError as error:
        return find("E307", f"this is always an error: {error}", node.start, node.end)
    return None


def _pattern_problem(call: Call) -> Problem | None:
    pattern = arguments_of(call)[-1] if call.function == "matches" else None
    if isinstance(pattern, Literal):
        try:
            searcher(str(pattern.value))
        except EvaluationError as error:
            return find("E306", str(error), pattern.start, pattern.end, "the syntax is RE2's: no look-around")
    return None


def _either(kinds: frozenset[Kind]) -> str:
    names = sorted("number" if kind is Kind.DOUBLE else kind.value for kind in kinds)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _argument_hint(kinds: frozenset[Kind], of: Type) -> str | None:
    if Kind.INT in kinds and Kind.DOUBLE in of.kinds:
        return "JSON numbers are doubles; convert with `int()`"
    if Kind.STRING in kinds and of.kinds & {Kind.INT, Kind.DOUBLE, Kind.BOOL}:
        return "convert with `string()`"
    if Kind.TIMESTAMP in kinds and Kind.STRING in of.kinds:
        return "times are texts on the wire; convert with `timestamp()`"
    return None
