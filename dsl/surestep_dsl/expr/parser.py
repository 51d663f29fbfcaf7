"""From tokens to a tree, by recursive descent over CEL's grammar.

Decides syntax and macros only. Whether names, fields and functions exist is decided by `check`.
"""

from functools import lru_cache
from typing import Final

from surestep_dsl.expr.problems import Problem, find
from surestep_dsl.expr.syntax import (
    Binary,
    Call,
    Conditional,
    Expression,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logical,
    Loop,
    LoopKind,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
    children,
)
from surestep_dsl.expr.tokens import SyntaxFaultError, Token, split_tokens
from surestep_dsl.limits import MAX_EXPRESSION_CHARACTERS, MAX_EXPRESSION_NESTING, MAX_INTEGER, REMEMBERED_EXPRESSIONS

__all__ = ["parse_expression"]

_KEYWORDS: Final = {"true": True, "false": False, "null": None}
_RESERVED: Final = frozenset(
    {
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"),
        *("package", "namespace", "return", "var", "void", "while"),
    }
)
_WORD_OPERATORS: Final = {"and": "write `&&`", "or": "write `||`", "not": "write `!`", "is": "write `==`"}
_LEVELS: Final = (
    frozenset({"<", "<=", ">", ">=", "==", "!=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_LOOPS: Final = frozenset(LoopKind)


@lru_cache(maxsize=REMEMBERED_EXPRESSIONS)
def parse_expression(text: str) -> Expression | Problem:
    """The tree of `text`, or the first problem that keeps it from being one. Never raises."""
    if len(text) > MAX_EXPRESSION_CHARACTERS:
        message = f"an expression has at most {MAX_EXPRESSION_CHARACTERS:,} characters, this one has {len(text):,}"
        return find("E104", message, 0, len(text), "do the work in the handler")
    try:
        root = _Parser(split_tokens(text)).whole()
        _refuse_depth(root)
    except SyntaxFaultError as fault:
        return fault.problem
    return Expression(text, root)


def _refuse_depth(root: Node) -> None:
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_EXPRESSION_NESTING:
            raise SyntaxFaultError(_too_deep(node.start, node.end))
        waiting.extend((child, depth + 1) for child in children(node))


def _too_deep(start: int, end: int) -> Problem:
    return find("E105", f"an expression nests at most {MAX_EXPRESSION_NESTING} levels", start, end)


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = -1  # the outermost expression is level 0

    def whole(self) -> Node:
        if self._now.kind == "end":
            raise SyntaxFaultError(find("E101", "the expression is empty", 0, self._now.end))
        node = self._ternary()
        if self._now.kind != "end":
            raise self._unexpected("an operator")
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _sees(self, *values: str) -> bool:
        token = self._now
        return token.value in values and token.kind in ("symbol", "name")

    def _take(self) -> Token:
        token = self._now
        self._at += token.kind != "end"
        return token

    def _skip(self, value: str) -> bool:
        found = self._now.kind == "symbol" and self._now.value == value
        self._at += found
        return found

    def _expect(self, value: str) -> int:
        """The end of the symbol."""
        if not self._skip(value):
            raise self._unexpected(f"`{value}`")
        return self._tokens[self._at - 1].end

    def _unexpected(self, wanted: str) -> SyntaxFaultError:
        token = self._now
        if token.kind == "end":
            message = f"the expression ends where {wanted} is expected"
            return SyntaxFaultError(find("E101", message, token.start, token.end))
        shown = "a text" if token.kind == "text" else f"`{token.value}`"
        message = f"{shown} stands where {wanted} is expected"
        hint = _WORD_OPERATORS.get(str(token.value)) if token.kind == "name" else None
        return SyntaxFaultError(find("E101", message, token.start, token.end, hint))

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_EXPRESSION_NESTING:
            raise SyntaxFaultError(_too_deep(self._now.start, self._now.end))

    def _ternary(self) -> Node:
        self._deeper()
        node = self._logical("||")
        if self._skip("?"):
            then = self._logical("||")
            self._expect(":")
            otherwise = self._ternary()
            node = Conditional(node, then, otherwise, node.start, otherwise.end)
        self._depth -= 1
        return node

    def _logical(self, operator: str) -> Node:
        operands = [self._operand_of(operator)]
        while self._skip(operator):
            operands.append(self._operand_of(operator))
        if len(operands) == 1:
            return operands[0]
        return Logical(operator, tuple(operands), operands[0].start, operands[-1].end)

    def _operand_of(self, operator: str) -> Node:
        return self._logical("&&") if operator == "||" else self._binary(0)

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        node = self._binary(level + 1)
        while self._sees(*_LEVELS[level]):
            operator = str(self._take().value)
            right = self._binary(level + 1)
            node = Binary(operator, node, right, node.start, right.end)
        return node

    def _unary(self) -> Node:
        if not self._sees("!", "-"):
            return self._member(self._primary())
        sign, number = self._take(), self._now
        if sign.value == "-" and not isinstance(number.value, str):
            self._take()
            return self._member(Literal(-number.value, sign.start, number.end))
        self._deeper()
        operand = self._unary()
        self._depth -= 1
        return Unary(str(sign.value), operand, sign.start, operand.end)

    def _primary(self) -> Node:
        token = self._take()
        match token.kind:
            case "int" if token.value == MAX_INTEGER + 1:
                raise SyntaxFaultError(find("E103", "a whole number has at most 64 bits", token.start, token.end))
            case "int" | "double" | "text":
                return self._literal(token)
            case "name":
                return self._name(token)
            case "symbol" if token.value in ("(", "[", "{"):
                return self._bracketed(token)
            case _:
                self._at -= token.kind != "end"
                raise self._unexpected("a value")

    def _bracketed(self, opening: Token) -> Node:
        if opening.value == "[":
            items, end = self._list("]")
            return ListLiteral(items, opening.start, end)
        if opening.value == "{":
            return self._map(opening.start)
        inner = self._ternary()
        self._expect(")")
        return inner

    def _literal(self, token: Token) -> Node:
        following = self._now
        if following.kind == "name" and following.start == token.end and token.kind in ("int", "double"):
            hint = "leave out the `u`" if following.value in ("u", "U") else None
            message = f"`{following.value}` cannot follow a number directly"
            raise SyntaxFaultError(find("E101", message, following.start, following.end, hint))
        return Literal(token.value, token.start, token.end)

    def _name(self, token: Token) -> Node:
        name = str(token.value)
        if name in _KEYWORDS:
            return Literal(_KEYWORDS[name], token.start, token.end)
        if name in _RESERVED or name == "in" or name in _WORD_OPERATORS:
            message = f"`{name}` is a reserved word" if name not in _WORD_OPERATORS else f"`{name}` is not an operator"
            raise SyntaxFaultError(find("E101", message, token.start, token.end, _WORD_OPERATORS.get(name)))
        if self._now.kind == "text" and self._now.start == token.end and name in ("b", "B", "rb", "br"):
            raise SyntaxFaultError(
                find("E101", "there are no bytes literals", token.start, token.end, "bytes are texts here")
            )
        if not self._skip("("):
            return Name(name, token.start, token.end)
        arguments, end = self._list(")")
        if name == "has":
            return _has(arguments, token.start, end)
        return Call(name, None, arguments, token.start, token.start, end)

    def _member(self, node: Node) -> Node:
        while True:
            if self._skip("."):
                node = self._selection(node)
            elif self._skip("["):
                key = self._ternary()
                node = Index(node, key, node.start, self._expect("]"))
            else:
                return node

    def _selection(self, of: Node) -> Node:
        token = self._now
        if token.kind != "name" or token.value in (*_KEYWORDS, "in"):
            raise self._unexpected("the name of a field")
        name = str(self._take().value)
        if not self._skip("("):
            return Select(of, name, of.start, token.end)
        arguments, end = self._list(")")
        if name in _LOOPS:
            return _loop(LoopKind(name), of, arguments, token, end)
        return Call(name, of, arguments, token.start, of.start, end)

    def _list(self, closing: str) -> tuple[tuple[Node, ...], int]:
        """Values up to `closing`, with the end of that; a trailing comma is allowed in lists."""
        nodes: list[Node] = []
        while not (self._sees(closing) and (not nodes or closing == "]")):
            nodes.append(self._ternary())
            if not self._skip(","):
                break
        return tuple(nodes), self._expect(closing)

    def _map(self, start: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self._sees("}"):
            key = self._ternary()
            self._expect(":")
            entries.append((key, self._ternary()))
            if not self._skip(","):
                break
        return MapLiteral(tuple(entries), start, self._expect("}"))


def _has(arguments: tuple[Node, ...], start: int, end: int) -> Node:
    match arguments:
        case (Select() as path,):
            return Has(path, start, end)
        case (Index(key=Literal(value=str() as field)),):
            hint = f'write `"{field}" in ...` for a field that is no name'
        case _:
            hint = "write for instance `has(event.data.note)`"
    raise SyntaxFaultError(find("E106", "`has` takes the path of one field", start, end, hint))


def _loop(kind: LoopKind, over: Node, arguments: tuple[Node, ...], name: Token, end: int) -> Node:
    only_if: Node | None = None
    match arguments:
        case (Name(name=variable), body):
            pass
        case (Name(name=variable), only_if, body) if kind is LoopKind.MAP:
            pass
        case _:
            hint = f"write `list.{kind}(item, ...)`"
            raise SyntaxFaultError(find("E106", f"`{kind}` takes a variable and an expression", name.start, end, hint))
    if variable in ("event", "async"):
        place = arguments[0]
        raise SyntaxFaultError(find("E106", f"`{variable}` cannot be a loop variable", place.start, place.end))
    return Loop(kind, over, variable, only_if, body, over.start, end)
