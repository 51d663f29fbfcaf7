"""Walks of syntax trees go through all that Python can write."""

import ast
import sys

import pytest

from surestep_codegen.lint.tree import nodes_of


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is that of Python 3.12")
def test_type_parameters_and_aliases_are_gone_through() -> None:
    tree = ast.parse("type Pair[A] = tuple[A, A]\ndef first[T: int](pair: Pair[T]) -> T: ...")
    names = [node.id for node in nodes_of(tree) if isinstance(node, ast.Name)]
    assert sorted(names) == ["A", "A", "Pair", "Pair", "T", "T", "int", "tuple"]
