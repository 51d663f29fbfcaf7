"""Walks what mypy has parsed: functions by name, and the nodes that run as part of a function."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from mypy.nodes import (
    AssertStmt,
    AssertTypeExpr,
    AssignmentExpr,
    AssignmentStmt,
    AwaitExpr,
    Block,
    CallExpr,
    CastExpr,
    ClassDef,
    ComparisonExpr,
    ConditionalExpr,
    Context,
    Decorator,
    DelStmt,
    DictExpr,
    DictionaryComprehension,
    Expression,
    ExpressionStmt,
    ForStmt,
    FuncDef,
    GeneratorExpr,
    IfStmt,
    IndexExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    MatchStmt,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    OverloadedFuncDef,
    RaiseStmt,
    ReturnStmt,
    SetComprehension,
    SetExpr,
    SliceExpr,
    StarExpr,
    TryStmt,
    TupleExpr,
    UnaryExpr,
    WhileStmt,
    WithStmt,
    YieldExpr,
    YieldFromExpr,
)
from mypy.types import AnyType, Instance, Type, get_proper_type

from surestep_codegen.lint.facts import Place

__all__ = ["TypeOf", "functions_of", "is_step", "nodes_of", "place_of"]

TypeOf: TypeAlias = Callable[[Expression], Type | None]
"""The type of an expression; None where mypy has not come by, as in code that never runs."""

_FIELDS: Final[Mapping[type[Node], tuple[str, ...]]] = {
    AssertStmt: ("expr", "msg"),
    AssertTypeExpr: ("expr",),
    AssignmentExpr: ("value",),
    AssignmentStmt: ("rvalue", "lvalues"),
    AwaitExpr: ("expr",),
    Block: ("body",),
    CallExpr: ("callee", "args"),
    CastExpr: ("expr",),
    ComparisonExpr: ("operands",),
    ConditionalExpr: ("cond", "if_expr", "else_expr"),
    DelStmt: ("expr",),
    DictExpr: ("items",),
    DictionaryComprehension: ("sequences", "condlists", "key", "value"),
    ExpressionStmt: ("expr",),
    ForStmt: ("expr", "index", "body", "else_body"),
    GeneratorExpr: ("sequences", "condlists", "left_expr"),
    IfStmt: ("expr", "body", "else_body"),
    IndexExpr: ("base", "index"),
    LambdaExpr: ("body",),
    ListComprehension: ("generator",),
    ListExpr: ("items",),
    MatchStmt: ("subject", "guards", "bodies"),
    MemberExpr: ("expr",),
    OpExpr: ("left", "right"),
    OperatorAssignmentStmt: ("lvalue", "rvalue"),
    RaiseStmt: ("expr", "from_expr"),
    ReturnStmt: ("expr",),
    SetComprehension: ("generator",),
    SetExpr: ("items",),
    SliceExpr: ("begin_index", "end_index", "stride"),
    StarExpr: ("expr",),
    TryStmt: ("body", "handlers", "else_body", "finally_body"),
    TupleExpr: ("items",),
    UnaryExpr: ("expr",),
    WhileStmt: ("expr", "body", "else_body"),
    WithStmt: ("expr", "body"),
    YieldExpr: ("expr",),
    YieldFromExpr: ("expr",),
}
"""Where nodes hold others; mypy's own visitors cannot be extended by what is not compiled with them."""

_DEFINING: Final = frozenset([FuncDef, ClassDef, Decorator, OverloadedFuncDef, Block, IfStmt, TryStmt])
"""Where functions are defined; in blocks, for one version of something or another."""

_BODIES: Final = frozenset({LambdaExpr, MemberExpr})
"""Nodes that may be the body of a step."""

_STEPS: Final = frozenset({"surestep.core.pending.Pending", "surestep.core.pending.Group"})


def functions_of(file: MypyFile) -> dict[str, FuncDef]:
    """All functions of a module, by the names that the lint gives them."""
    return dict(_functions_in(file.defs, ""))


def nodes_of(function: FuncDef, type_of: TypeOf) -> list[Node]:
    """The nodes that run as part of a function, in the order of its text; without names and literals, which do nothing.

    What is only defined in it runs elsewhere, and so does what is handed to a step.
    """
    found: list[Node] = []
    waiting: list[Node] = [function.body]
    while waiting:
        node = waiting.pop()
        found.append(node)
        below: list[Node] = []
        for name in _FIELDS[type(node)]:
            value = getattr(node, name)
            if type(value) in _FIELDS:
                below.append(value)
            elif type(value) is list:
                _gather(value, below)
        if isinstance(node, CallExpr) and not _BODIES.isdisjoint(map(type, node.args)) and _makes_step(node, type_of):
            below = [one for one in below if one not in node.args or type(one) not in _BODIES]
        below.reverse()
        waiting += below
    return found


def _gather(values: Iterable[object], found: list[Node]) -> None:
    """The nodes in a list, or in those that it holds, that have others below them."""
    for one in values:
        if type(one) in _FIELDS:
            found.append(cast("Node", one))
        elif type(one) is list or type(one) is tuple:
            _gather(one, found)


def is_step(made: Type | None) -> bool:
    """Whether a value is a step that was made, or several."""
    proper = get_proper_type(made)
    return isinstance(proper, Instance) and proper.type.fullname in _STEPS


def place_of(node: Context) -> Place:
    """Where a node stands."""
    column = max(node.column, 0)
    end_column = column + 1 if node.end_column is None else node.end_column
    return Place(node.line, column, node.end_line or node.line, end_column)


def _functions_in(statements: Iterable[Node | None], prefix: str) -> Iterator[tuple[str, FuncDef]]:
    """Functions, and those defined in them; of an overloaded one or a property, what is called first."""
    for statement in statements:
        if type(statement) not in _DEFINING:
            continue
        match statement:
            case FuncDef():
                name = f"{prefix}{statement.name}"
                yield name, statement
                yield from _functions_in(statement.body.body, f"{name}.<locals>.")
            case ClassDef():
                yield from _functions_in(statement.defs.body, f"{prefix}{statement.name}.")
            case Decorator():
                yield from _functions_in((statement.func,), prefix)
            case OverloadedFuncDef():
                yield from _functions_in((statement.impl or statement.items[0],), prefix)
            case Block():
                yield from _functions_in(statement.body, prefix)
            case IfStmt():
                yield from _functions_in((*statement.body, statement.else_body), prefix)
            case TryStmt():
                yield from _functions_in((statement.body, *statement.handlers), prefix)
            case _:
                pass


def _makes_step(call: CallExpr, type_of: TypeOf) -> bool:
    """By its type, or by its name where nothing has a type."""
    made = get_proper_type(type_of(call))
    if is_step(made):
        return True
    root: Expression = call.callee
    while isinstance(root, MemberExpr | CallExpr):
        root = root.expr if isinstance(root, MemberExpr) else root.callee
    return (made is None or isinstance(made, AnyType)) and isinstance(root, NameExpr) and root.name == "step"
