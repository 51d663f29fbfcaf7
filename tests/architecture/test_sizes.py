"""Bounds on the tail: medians of liked and disliked codebases are alike, their longest files and functions are not.

The ratchets list what is over a bound today. They may only shrink: an entry that is no longer needed fails, too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40
NESTED_BLOCKS = 3

LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
DEEP_FUNCTIONS = {
    "codegen/surestep_codegen/plan/circles.py::find_circles",
    "dsl/surestep_dsl/checks/function_ids.py::_compared_ids",
    "dsl/surestep_dsl/checks/function_ids.py::find_unknown_function_ids",
}


def test_no_file_is_long(modules: dict[str, ast.Module], root: Path) -> None:
    lengths = {path: len((root / path).read_text().splitlines()) for path in modules}
    assert {path for path, lines in lengths.items() if lines > FILE_LINES} == LONG_FILES


def test_no_function_is_long(modules: dict[str, ast.Module]) -> None:
    found = {name for name, function in _functions(modules) if _lines(function) > FUNCTION_LINES}
    assert found == LONG_FUNCTIONS


def test_no_function_nests_blocks_deeply(modules: dict[str, ast.Module]) -> None:
    found = {name for name, function in _functions(modules) if _depth(function) > NESTED_BLOCKS}
    assert found == DEEP_FUNCTIONS


def _functions(modules: dict[str, ast.Module]) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path}::{node.name}", node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _depth(node: ast.AST) -> int:
    """How many blocks lie inside each other; an `elif` lies beside its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, SCOPES):
            is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
            deepest = max(deepest, _depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest
