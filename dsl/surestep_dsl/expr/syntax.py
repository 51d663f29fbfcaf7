"""The tree of an expression: plain nodes with their places, no types and no meaning."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = [
    "Binary",
    "Call",
    "Conditional",
    "Expression",
    "Has",
    "Index",
    "ListLiteral",
    "Literal",
    "Logical",
    "Loop",
    "LoopKind",
    "MapLiteral",
    "Name",
    "Node",
    "Select",
    "Unary",
    "children",
    "count_nodes",
]


@dataclass(frozen=True, slots=True)
class Literal:
    """`null`, `true`, a number or a text. An int is CEL's int, a float its double."""

    value: None | bool | int | float | str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """`event`, `async` or a loop variable."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Select:
    """`of.field`. The last `len(field)` characters are the field."""

    of: "Node"
    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """`of[key]`."""

    of: "Node"
    key: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Has:
    """`has(path)`."""

    path: Select
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)` or, with a `target`, `target.function(arguments)`; the name starts at `name_start`."""

    function: str
    target: "Node | None"
    arguments: tuple["Node", ...]
    name_start: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`!operand` or `-operand`."""

    operator: str
    operand: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic, comparison or `in`."""

    operator: str
    left: "Node"
    right: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Logical:
    """A chain of `&&` or of `||`: two operands or more, so that long chains are not deep."""

    operator: str
    operands: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? then : otherwise`."""

    test: "Node"
    then: "Node"
    otherwise: "Node"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple["Node", ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{key: value}`."""

    entries: tuple[tuple["Node", "Node"], ...]
    start: int
    end: int


class LoopKind(StrEnum):
    """The macros that walk over a list, or over the keys of a map."""

    ALL = "all"
    EXISTS = "exists"
    EXISTS_ONE = "exists_one"
    FILTER = "filter"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Loop:
    """`over.kind(variable, body)`, or `over.map(variable, only_if, body)`."""

    kind: LoopKind
    over: "Node"
    variable: str
    only_if: "Node | None"
    body: "Node"
    start: int
    end: int


Node: TypeAlias = (
    Literal
    | Name
    | Select
    | Index
    | Has
    | Call
    | Unary
    | Binary
    | Logical
    | Conditional
    | ListLiteral
    | MapLiteral
    | Loop
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that parsed, and its tree."""

    text: str
    root: Node


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside `node`, in the order written."""
    match node:
        case Literal() | Name():
            return ()
        case Select(of=inner) | Has(path=inner) | Unary(operand=inner):
            return (inner,)
        case Index(of=of, key=key):
            return (of, key)
        case Call(target=target, arguments=arguments):
            return arguments if target is None else (target, *arguments)
        case Binary(left=left, right=right):
            return (left, right)
        case Logical(operands=nodes) | ListLiteral(items=nodes):
            return nodes
        case Conditional(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case MapLiteral(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Loop(over=over, only_if=only_if, body=body):
            return (over, body) if only_if is None else (over, only_if, body)


def count_nodes(node: Node) -> int:
    """How many nodes a tree has: the price of one turn of a loop with this body."""
    return sum(1 for _ in _walk(node))


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(children(node))
