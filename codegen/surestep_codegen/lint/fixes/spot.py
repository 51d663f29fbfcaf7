"""The place of a finding in the text of its module, as those see it who mend it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.edits import Fix, Replace
from surestep_codegen.lint.parsing import ParsedModule
from surestep_codegen.lint.tree import children_of, nodes_of
from surestep_dsl.diagnostics import Span

__all__ = ["ModuleText", "Place", "Spot", "place_of"]

Place: TypeAlias = tuple[int, int, int, int]
"""First line, from 1, and column, from 0, then those behind the end."""

_LINE_BREAK: Final = re.compile(r"\r\n?|\n")
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def place_of(node: ast.expr) -> Place:
    """Where an expression stands, without parentheses around it."""
    return node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0


@dataclass(slots=True)
class ModuleText:
    """A module with what finds places in it.

    Attributes:
        ids: texts of the module, and ids given to new steps, none of which may be given to another.
    """

    parsed: ParsedModule
    _starts: list[int] = field(init=False)
    _parents: dict[int, ast.AST] = field(init=False)
    _expressions: dict[Place, list[ast.expr]] = field(init=False)
    ids: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = [0, *(match.end() for match in _LINE_BREAK.finditer(self.parsed.text))]
        nodes = nodes_of(self.parsed.tree)
        self._parents = {id(child): node for node in nodes for child in children_of(node)}
        self._expressions = {}
        for node in nodes:
            if isinstance(node, ast.expr):
                self._expressions.setdefault(place_of(node), []).append(node)
        self.ids = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}

    def spots(self, span: Span, name: str) -> Iterator["Spot"]:
        """The expressions that stand exactly at a place."""
        wanted = span.line, span.column - 1, span.end_line, span.end_column - 1
        yield from (Spot(self, node, name) for node in self._expressions.get(wanted, ()))

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around one."""
        return self._parents.get(id(node))

    def range(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Offsets of a node's text."""
        end = self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        return self._starts[node.lineno - 1] + node.col_offset, end

    def text(self, node: ast.expr) -> str:
        """The text of an expression."""
        start, end = self.range(node)
        return self.parsed.text[start:end]

    def fresh_id(self, word: str) -> str:
        """An id that no step of the module has."""
        names = (word if number == 1 else f"{word}-{number}" for number in count(1))
        found = next(name for name in names if name not in self.ids)
        self.ids.add(found)
        return found


@dataclass(frozen=True, slots=True)
class Spot:
    """One expression to be mended.

    Attributes:
        name: what the finding is about, such as `datetime.datetime.now`.
    """

    module: ModuleText
    node: ast.expr
    name: str

    @property
    def context(self) -> str:
        """What the run's context is called here; empty where it is not at hand."""
        for function in self._functions():
            parameters = [*function.args.posonlyargs, *function.args.args]
            has_step = any(_is_step(one) for one in parameters)
            for one in parameters:
                if (one.arg == "ctx" and _is_plain(one, "Context")) or (has_step and _is_typed(one, "Context")):
                    return one.arg
        return ""

    @property
    def step(self) -> str:
        """What `step` is called where it can be awaited at once; empty elsewhere."""
        function = next(self._functions(), None)
        if not isinstance(function, ast.AsyncFunctionDef):
            return ""
        return next((one.arg for one in function.args.args if _is_step(one)), "")

    @property
    def parent(self) -> ast.AST | None:
        """The node around the expression."""
        return self.module.parent(self.node)

    @property
    def is_sound(self) -> bool:
        """Whether the text there is the expression: within texts with placeholders, Python counts differently."""
        try:
            found = ast.parse(f"({self.module.text(self.node)})", mode="eval").body
        except SyntaxError:
            return False
        return ast.dump(found) == ast.dump(self.node)

    def replace(self, template: str, *parts: ast.expr, is_safe: bool = True) -> Fix:
        """Put another expression in the place of this one; a comment that would be lost makes it an offer."""
        rest = self.module.text(self.node)
        for part in parts:
            rest = rest.replace(self.module.text(part), "", 1)
        return Fix((Replace(self.node, template, parts),), is_safe and not ("#" in rest and "\n" in rest))

    def _functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
        node = self.parent
        while node is not None:
            if isinstance(node, _FUNCTIONS):
                yield node
            node = self.module.parent(node)


def _is_step(parameter: ast.arg) -> bool:
    return (parameter.arg == "step" and _is_plain(parameter, "Step")) or _is_typed(parameter, "Step")


def _is_plain(parameter: ast.arg, word: str) -> bool:
    return parameter.annotation is None or _is_typed(parameter, word) or _is_typed(parameter, "Any")


def _is_typed(parameter: ast.arg, word: str) -> bool:
    annotation = parameter.annotation
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    return annotation is not None and ast.unparse(annotation).strip("'\"").endswith(word)
