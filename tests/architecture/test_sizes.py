"""Bounds on the tail: medians of liked and disliked codebases are alike, their longest files and functions are not.

The ratchets list what is over a bound today. They may only shrink: an entry that is no longer needed fails, too.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 300
FUNCTION_LINES = 40

LONG_FILES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()


def test_no_file_is_long(modules: dict[str, ast.Module], root: Path) -> None:
    lengths = {path: len((root / path).read_text().splitlines()) for path in modules}
    assert {path for path, lines in lengths.items() if lines > FILE_LINES} == LONG_FILES


def test_no_function_is_long(modules: dict[str, ast.Module]) -> None:
    functions = [(path, function) for path, tree in modules.items() for function in _functions(tree)]
    found = {f"{path}::{function.name}" for path, function in functions if _lines(function) > FUNCTION_LINES}
    assert found == LONG_FUNCTIONS


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0
