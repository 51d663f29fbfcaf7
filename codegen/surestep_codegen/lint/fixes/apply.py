"""Carries out mends on the tree of libcst, which keeps every byte of a file; the places are those that `ast` tells."""

import ast
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from typing import Final, cast

import libcst
from libcst.helpers import ensure_type, parse_template_expression
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from typing_extensions import override

from surestep_codegen.lint.fixes.edits import AddArgument, BindVariable, Edit, Fix, Replace
from surestep_codegen.lint.fixes.spot import Place, place_of
from surestep_codegen.lint.fixes.unused_imports import drop_unused_imports

__all__ = ["Applied", "apply_fixes"]

_SETTINGS: Final = libcst.PartialParserConfig()
_COMMA: Final = libcst.Comma(whitespace_after=libcst.SimpleWhitespace(" "))


@dataclass(frozen=True, slots=True)
class Applied:
    """A file with mends, and how many of them it has."""

    content: bytes
    count: int


def apply_fixes(content: bytes, tree: ast.Module, fixes: Collection[Fix]) -> Applied:
    """Carry out mends, one within another, too, and drop the imports that nothing needs any more on their account.

    Left out are mends of what libcst sees otherwise than Python, and those after which the file would be no Python;
    all of them, where libcst does not give the file back as it is.
    """
    try:
        module = libcst.parse_module(content) if fixes else None
    except (libcst.ParserSyntaxError, UnicodeDecodeError, RecursionError):
        module = None
    if module is None or module.bytes != content:
        return Applied(content, 0)
    mender = _Mender(module, tree)
    sound = [fix for fix in fixes if mender.can_place(fix)]
    after = mender.apply(sound)
    if after is None:
        sound = [fix for fix in sound if mender.apply([fix]) is not None]
        after = mender.apply(sound)
    return Applied(content, 0) if after is None else Applied(after.bytes, len(sound))


class _Mender:
    """A module and its expressions by their places."""

    def __init__(self, module: libcst.Module, tree: ast.Module) -> None:
        self._module, self._tree = module, tree
        self._ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
        expressions = (node for node in self._ranges if isinstance(node, libcst.BaseExpression))
        self._expressions = {_place(self._ranges[node]): node for node in expressions}

    def can_place(self, fix: Fix) -> bool:
        """Whether all that a mend is about is found."""
        return all(place_of(node) in self._expressions for edit in fix.edits for node in _nodes(edit))

    def apply(self, fixes: Sequence[Fix]) -> libcst.Module | None:
        """The module with mends; None where it would be no Python any more."""
        edits: dict[libcst.CSTNode, list[Edit]] = defaultdict(list)
        parts: dict[libcst.CSTNode, Place] = {}
        for edit in (edit for fix in fixes for edit in fix.edits):
            edits[self._expressions[place_of(edit.node)]].append(edit)
            parts |= {self._expressions[place_of(node)]: place_of(node) for node in _nodes(edit)}
        lines = {line for place in parts.values() for line in range(place[0], place[2] + 1)}
        after = self._module.visit(_Editor(edits, parts, lines, self._ranges))
        tree = _parse(after.code)
        return None if tree is None else drop_unused_imports(after, self._tree, tree)


class _Editor(libcst.CSTTransformer):
    """Mends from the inside out."""

    def __init__(
        self,
        edits: Mapping[libcst.CSTNode, Sequence[Edit]],
        parts: Mapping[libcst.CSTNode, Place],
        lines: AbstractSet[int],
        ranges: Mapping[libcst.CSTNode, CodeRange],
    ) -> None:
        super().__init__()
        self._edits, self._parts, self._lines, self._ranges = edits, parts, lines, ranges
        self._mended: dict[Place, libcst.BaseExpression] = {}

    @override
    def on_visit(self, node: libcst.CSTNode) -> bool:
        if not isinstance(node, libcst.SimpleStatementLine):
            return True
        found = self._ranges[node]
        return not self._lines.isdisjoint(range(found.start.line, found.end.line + 1))

    @override
    def on_leave(self, original_node: libcst.CSTNodeT, updated_node: libcst.CSTNodeT) -> libcst.CSTNodeT:
        place = self._parts.get(original_node)
        if place is None or not isinstance(updated_node, libcst.BaseExpression):
            return updated_node
        node: libcst.BaseExpression = updated_node
        for edit in self._edits.get(original_node, ()):
            self._mended[place] = node
            node = _edited(node, edit, self._mended)
        self._mended[place] = node
        return cast("libcst.CSTNodeT", node)


def _edited(
    node: libcst.BaseExpression, edit: Edit, mended: Mapping[Place, libcst.BaseExpression]
) -> libcst.BaseExpression:
    match edit:
        case Replace(_, template, parts):
            return _replaced(node, template, [mended[place_of(part)] for part in parts])
        case AddArgument(_, text, is_first):
            call = ensure_type(node, libcst.Call)
            (new,) = ensure_type(libcst.parse_expression(f"f({text})"), libcst.Call).args
            arguments = (new.with_changes(comma=_COMMA), *call.args) if is_first else _with_last(call.args, new)
            return call.with_changes(args=arguments)
        case BindVariable(_, name):
            return _bound(ensure_type(node, libcst.Lambda), name)


def _replaced(
    node: libcst.BaseExpression, template: str, parts: Sequence[libcst.BaseExpression]
) -> libcst.BaseExpression:
    """Parentheses around the expression are around the new one."""
    inner = (part.with_changes(lpar=(), rpar=()) if part is node else part for part in parts)
    new = parse_template_expression(template, _SETTINGS, **{str(number): part for number, part in enumerate(inner)})
    return new.with_changes(lpar=(*node.lpar, *new.lpar), rpar=(*new.rpar, *node.rpar))


def _with_last(arguments: Sequence[libcst.Arg], new: libcst.Arg) -> tuple[libcst.Arg, ...]:
    """One argument more, on a line of its own where the others have some."""
    *others, last = arguments
    space = "".join(map(_code, (last.whitespace_after_arg, last.comma, *(one.comma for one in others[-1:]))))
    comma = others[-1].comma if others and "#" not in space else _COMMA
    new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    return (*others, last.with_changes(comma=comma, whitespace_after_arg=_COMMA.whitespace_before), new)


def _bound(node: libcst.Lambda, name: str) -> libcst.Lambda:
    template = ensure_type(libcst.parse_expression(f"lambda {name}={name}: 0"), libcst.Lambda)
    (new,) = template.params.params
    if not node.params.params:
        return node.with_changes(params=template.params, whitespace_after_lambda=template.whitespace_after_lambda)
    *others, last = node.params.params
    new = new.with_changes(comma=last.comma, whitespace_after_param=last.whitespace_after_param)
    last = last.with_changes(comma=_COMMA, whitespace_after_param=_COMMA.whitespace_before)
    return node.with_changes(params=node.params.with_changes(params=(*others, last, new)))


def _code(node: libcst.CSTNode | libcst.MaybeSentinel) -> str:
    return "" if isinstance(node, libcst.MaybeSentinel) else libcst.Module(()).code_for_node(node)


def _nodes(edit: Edit) -> Iterator[ast.expr]:
    yield edit.node
    if isinstance(edit, Replace):
        yield from edit.parts


def _place(found: CodeRange) -> Place:
    return found.start.line, found.start.column, found.end.line, found.end.column


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, RecursionError):
        return None
