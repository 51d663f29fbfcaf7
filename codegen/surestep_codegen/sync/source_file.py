"""A Python file as bytes and as a syntax tree, and changes of stretches of it. Decides not what is changed."""

import ast
import re
import tokenize
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from surestep_codegen.project_codes import report
from surestep_dsl.diagnostics import Diagnostic, Span

__all__ = ["Edit", "RefusalError", "SourceFile", "apply_edits", "parse_file"]

_BOM: Final = b"\xef\xbb\xbf"
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class RefusalError(Exception):
    """A file cannot be decided about; it is left alone as a whole."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes from `start` to `end` become `text`."""

    start: int
    end: int
    text: bytes


@dataclass(frozen=True)
class SourceFile:
    """A file of Python.

    Attributes:
        path: relative to the directory that holds the top packages, with forward slashes.
        folder: what leads from the project's root to that directory, empty or ending in a slash.
        content: all bytes, a byte order mark included.
    """

    path: str
    folder: str
    content: bytes
    tree: ast.Module

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The dotted name that relative imports start from."""
        is_package = PurePosixPath(self.path).name == "__init__.py"
        return self.module if is_package else self.module.rpartition(".")[0]

    @property
    def newline(self) -> bytes:
        """How its first line ends."""
        found = _LINE_END.search(self.content)
        return found[0] if found else b"\n"

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Where each line begins, and where one after the last would."""
        first = len(_BOM) if self.content.startswith(_BOM) else 0
        starts = [first, *(found.end() for found in _LINE_END.finditer(self.content))]
        return (*starts, len(self.content))

    def start(self, node: ast.stmt | ast.expr | ast.alias | ast.arg) -> int:
        """The offset of a node's first byte."""
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr | ast.alias | ast.arg) -> int:
        """The offset after a node's last byte."""
        return self.lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def span(self, node: ast.stmt | ast.expr | ast.alias | ast.arg | None) -> Span:
        """The place of a node, or of the file."""
        if node is None:
            return Span(f"{self.folder}{self.path}", 1, 1, 1, 1)
        first, last = self._column(node.lineno, node.col_offset), node.end_lineno or node.lineno
        return Span(f"{self.folder}{self.path}", node.lineno, first, last, self._column(last, node.end_col_offset or 0))

    def _column(self, line: int, offset: int) -> int:
        """From bytes, counted from 0, to characters, counted from 1."""
        begin = self.lines[line - 1]
        return len(self.content[begin : begin + offset].decode(errors="replace")) + 1

    def refuse(
        self, code: str, message: str, node: ast.stmt | ast.expr | ast.alias | ast.arg | None, hint: str
    ) -> RefusalError:
        """The error that leaves this file alone."""
        return RefusalError(report(code, message, self.span(node), hint))


def parse_file(path: str, content: bytes, folder: str = "") -> SourceFile:
    """Read a file's syntax.

    Raises:
        RefusalError: it is no Python, or not in UTF-8.
    """

    def refuse(reason: str, line: int = 1) -> RefusalError:
        span = Span(f"{folder}{path}", line, 1, line, 1)
        return RefusalError(report("K202", reason, span, "mend it, then run `surestep sync` again"))

    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
        content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        encoding = "unknown"
    if encoding not in ("utf-8", "utf-8-sig"):
        raise refuse("the file is not in UTF-8")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the user's escapes is no business of ours
            tree = ast.parse(content.removeprefix(_BOM), path)
    except SyntaxError as error:
        raise refuse(f"the file is not Python: {error.msg}", error.lineno or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise refuse("the file is not Python that can be read") from None
    return SourceFile(path, folder, content, tree)


def apply_edits(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with all edits made; they must not overlap. Of two at one place the earlier comes first."""
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end))[::-1]:
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content
