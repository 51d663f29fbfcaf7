"""What mends change: expressions, told by their nodes in the tree of `ast`. Not how a file is changed."""

import ast
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["AddArgument", "BindVariable", "Edit", "Fix", "Replace"]


@dataclass(frozen=True, slots=True)
class Replace:
    """An expression becomes another one.

    Attributes:
        template: the new one; `{0}`, `{1}` stand for the parts.
        parts: what is taken over as it is written.
    """

    node: ast.expr
    template: str
    parts: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, slots=True)
class AddArgument:
    """A call gets one argument more, before all others or behind them."""

    node: ast.Call
    text: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class BindVariable:
    """A lambda gets a parameter that has the value of the variable of the same name."""

    node: ast.Lambda
    name: str


Edit: TypeAlias = Replace | AddArgument | BindVariable


@dataclass(frozen=True, slots=True)
class Fix:
    """How a finding is mended.

    Attributes:
        is_safe: the code does the same as before where it was right, so nobody needs to be asked.
    """

    edits: tuple[Edit, ...]
    is_safe: bool = True
