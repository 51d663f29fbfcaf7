"""Reads the comments `# surestep: ignore[D101] reason` of a module."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Final

from surestep_codegen.lint.code import root_name
from surestep_codegen.lint.facts import Place, Silencer
from surestep_codegen.lint.tree import nodes_of

__all__ = ["read_silencers"]

_COMMENT: Final = re.compile(r"#\s*surestep:\s*ignore\s*\[(?P<codes>[^\]]*)\](?P<reason>.*)")


def read_silencers(text: str, tree: ast.Module, known: frozenset[str]) -> Iterator[Silencer]:
    """The silencers of a module; what begins with one of the `known` names is understood by the lint."""
    if "surestep:" not in text:
        return
    unclear = {
        node.lineno
        for node in nodes_of(tree)
        if isinstance(node, ast.Attribute | ast.Call) and root_name(node) not in known
    }
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
        for code in found["codes"].split(",") if found else ():
            assert found is not None  # noqa: S101 -- it has codes
            place = Place(*token.start, *token.end)
            yield Silencer(code.strip(), place, found["reason"].strip(), place.line not in unclear)
