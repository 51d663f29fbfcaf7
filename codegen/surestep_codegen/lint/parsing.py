"""From the bytes of a module to its syntax, with columns in characters; what cannot be read is a fault, never an error.

`ast` counts columns in bytes of UTF-8. They are converted at once, so that nobody else needs to know.
"""

import ast
import io
import re
import tokenize
import warnings
from typing import Final, NamedTuple

from surestep_codegen.limits import MAX_LINTED_MODULE_BYTES
from surestep_codegen.lint.facts import Fault, Place
from surestep_codegen.lint.tree import nodes_of
from surestep_dsl.determinism_codes import UNREADABLE

__all__ = ["ParsedModule", "parse_module", "unreadable"]

_START: Final = Place(1, 0, 1, 1)
_LINE_BREAK: Final = re.compile(r"\r\n?|\n")


class ParsedModule(NamedTuple):
    """A module's text, without a byte order mark, and its syntax."""

    text: str
    tree: ast.Module


def parse_module(content: bytes) -> ParsedModule | Fault:
    """The syntax of a module."""
    if len(content) > MAX_LINTED_MODULE_BYTES:
        return unreadable(f"a module of more than {MAX_LINTED_MODULE_BYTES:,} bytes is not linted")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it warns of is the business of other tools
            tree = ast.parse(text)
        if not text.isascii():
            _count_characters(tree, text)
    except SyntaxError as error:
        line, column = max(error.lineno or 1, 1), max((error.offset or 1) - 1, 0)
        return unreadable(f"this is not Python of this version: {error.msg}", Place(line, column, line, column + 1))
    except (UnicodeDecodeError, LookupError):
        return unreadable("the module is not text in the encoding that it states, by default UTF-8")
    except (RecursionError, MemoryError):
        return unreadable("the code nests too deep to be read")
    except ValueError as error:
        return unreadable(f"the module cannot be read: {error}")
    return ParsedModule(text, tree)


def unreadable(message: str, place: Place = _START) -> Fault:
    """The fault of a module about which nothing can be said."""
    return Fault(UNREADABLE, "unreadable", message, "what its functions do is not known", place)


def _count_characters(tree: ast.Module, text: str) -> None:
    lines = [None if line.isascii() else line.encode() for line in _LINE_BREAK.split(text)]
    for node in nodes_of(tree):
        if isinstance(node, ast.expr | ast.stmt | ast.excepthandler | ast.arg | ast.keyword | ast.alias):
            node.col_offset = _characters(lines[node.lineno - 1], node.col_offset)
            node.end_col_offset = _characters(lines[(node.end_lineno or 1) - 1], node.end_col_offset or 0)


def _characters(line: bytes | None, count: int) -> int:
    return count if line is None else len(line[:count].decode(errors="replace"))
