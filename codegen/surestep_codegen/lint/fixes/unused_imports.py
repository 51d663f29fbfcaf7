"""Drops imports that nothing in a module needs any more, since it was mended.

Only those of the standard library: to import another module may do something that the program needs. Left alone is
also what a comment speaks of, what `as` exports under its own name, and what stands under a condition.
"""

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import dropwhile
from typing import Final

import libcst
from libcst.helpers import get_full_name_for_node
from typing_extensions import override

__all__ = ["drop_unused_imports"]

_STANDARD: Final = sys.stdlib_module_names - {"__future__"}


def drop_unused_imports(module: libcst.Module, before: ast.Module, after: ast.Module) -> libcst.Module:
    """A mended module without the imports of names that it used before and uses no more."""
    unused = set(_used_names(before)) - set(_used_names(after))
    return module.visit(_Dropper(unused)) if unused else module


def _used_names(tree: ast.Module) -> Iterator[str]:
    """Names that code refers to, also in texts that are code: annotations, `__all__`, examples in docstrings."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.Constant(value=str() as text):
                yield from _names_in(text)
            case _:
                pass


def _names_in(text: str) -> Iterable[str]:
    if ">>>" in text:
        return re.findall(r"\w+", text)
    try:
        expression = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return (node.id for node in ast.walk(expression) if isinstance(node, ast.Name))


class _Dropper(libcst.CSTTransformer):
    """Looks at the statements of the module and of functions."""

    def __init__(self, unused: Collection[str]) -> None:
        super().__init__()
        self._unused = unused

    @override
    def on_visit(self, node: libcst.CSTNode) -> bool:
        return not isinstance(node, libcst.SimpleStatementLine | libcst.BaseExpression)

    @override
    def leave_Module(self, original_node: libcst.Module, updated_node: libcst.Module) -> libcst.Module:
        header = updated_node.header
        keep_gap = bool(header) and header[-1].comment is not None
        return updated_node.with_changes(body=self._reduced(updated_node.body, keep_gap=keep_gap))

    @override
    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.FunctionDef:
        block = updated_node.body
        if not isinstance(block, libcst.IndentedBlock):
            return updated_node
        return updated_node.with_changes(body=block.with_changes(body=self._reduced(block.body, keep_gap=False)))

    def _reduced(self, statements: Sequence[libcst.BaseStatement], *, keep_gap: bool) -> list[libcst.BaseStatement]:
        """Where something was, as many lines stay empty as on the side of it that has more; none at the beginning."""
        kept: list[libcst.BaseStatement] = []
        gap: int | None = None
        for statement in statements:
            left = _without(statement, self._unused)
            if left is None:
                gap = max(gap or 0, len(_lines_above(statement)))
                continue
            if gap is not None:
                left = _spaced(left, gap if kept or keep_gap else None)
            gap = None
            kept.append(left)
        return kept


def _lines_above(statement: libcst.BaseStatement) -> Sequence[libcst.EmptyLine]:
    return getattr(statement, "leading_lines", ())


def _spaced(statement: libcst.BaseStatement, gap: int | None) -> libcst.BaseStatement:
    lines = _lines_above(statement)
    comments = [*dropwhile(lambda line: line.comment is None, lines)]
    empty = lines[: len(lines) - len(comments)]
    above = () if gap is None else (*empty, *[libcst.EmptyLine(indent=False)] * (gap - len(empty)))
    return statement.with_changes(leading_lines=(*above, *comments))


def _without(statement: libcst.BaseStatement, unused: Collection[str]) -> libcst.BaseStatement | None:
    """A statement with the imported names that are used; None where there is none left."""
    match statement:
        case libcst.SimpleStatementLine(body=[libcst.Import(names=names) as found]):
            kept = [one for one in names if _first(one.name) not in _STANDARD or _bound(one) not in unused]
        case libcst.SimpleStatementLine(
            body=[libcst.ImportFrom(module=libcst.BaseExpression() as module, names=[*names], relative=[]) as found]
        ) if _first(module) in _STANDARD:
            kept = [one for one in names if _bound(one) not in unused]
        case _:
            return statement
    if len(kept) == len(names) or "#" in libcst.Module(()).code_for_node(statement):
        return statement
    if not kept:
        return None
    if kept[-1] is not names[-1]:
        kept[-1] = kept[-1].with_changes(comma=names[-1].comma)
    return statement.with_changes(body=[found.with_changes(names=kept)])


def _first(module: libcst.BaseExpression) -> str:
    return (get_full_name_for_node(module) or "").partition(".")[0]


def _bound(alias: libcst.ImportAlias) -> str | None:
    """The name that an import binds; None for one that is there to be imported from here."""
    if alias.evaluated_alias is None:
        return alias.evaluated_name.partition(".")[0]
    return None if alias.evaluated_alias == alias.evaluated_name else alias.evaluated_alias
