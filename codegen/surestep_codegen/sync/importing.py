"""Makes names of the generated package known in a module of the user's, by the smallest change of its imports."""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from surestep_codegen.python import Reference
from surestep_codegen.sync.bindings import Names, imported_module
from surestep_codegen.sync.source_file import Edit, SourceFile

__all__ = ["Importing"]

_MAX_LINE: Final = 120
_BLANK: Final = re.compile(rb"[ \t\f]*\Z")


class Importing:
    """What a module calls things, and the imports that it lacks.

    Args:
        file: the module.
        names: what its names mean.
    """

    def __init__(self, file: SourceFile, names: Names) -> None:
        self._file, self._names = file, names
        self._locals = {binding.target: name for name, binding in names.imports()}
        self._missing: dict[str, set[str]] = {}

    def local(self, wanted: Reference) -> str:
        """What the module calls something; its import is added where it is missing.

        Raises:
            RefusalError: the name means something else there.
        """
        for target in self.spellings(wanted):
            if target in self._locals:
                return self._locals[target]
        if wanted.module in self._locals:
            return f"{self._locals[wanted.module]}.{wanted.name}"
        if self._names.targets(wanted.name):
            message = f"`{wanted.name}` of {wanted.module} is needed, and the name means something else here"
            raise self._file.refuse("K204", message, None, "import it by hand: `as` gives it another name")
        self._missing.setdefault(wanted.module, set()).add(wanted.name)
        return wanted.name

    def spellings(self, wanted: Reference) -> tuple[str, str]:
        """The dotted names it can be imported by: its module's, and that of the package that exports it."""
        return f"{wanted.module}.{wanted.name}", f"{wanted.module.rpartition('.')[0]}.{wanted.name}"

    def edits(self) -> Iterator[Edit]:
        """The changes that add what is missing."""
        if self._missing and self._names.star is not None:
            hint = "import by name what the module uses"
            raise self._file.refuse("K203", "a star import hides what the module's names mean", self._names.star, hint)
        new: list[bytes] = []
        for module, names in sorted(self._missing.items()):
            statement = self._statement(module)
            if statement is None:
                new.append(_spell_import(module, names).replace(b"\n", self._file.newline))
            else:
                yield from self._extend(statement, names)
        if new:
            place = self._place()
            before = self._file.content[:place]
            is_line_open = bool(before) and not before.endswith((b"\n", b"\r", b"\xef\xbb\xbf"))
            gap = self._file.newline * (is_line_open + self._is_behind_docstring(place))
            yield Edit(place, place, b"".join([gap, *new]))

    def _statement(self, module: str) -> ast.ImportFrom | None:
        """A statement at the top of the module that imports from `module` already."""
        for node in self._file.tree.body:
            if isinstance(node, ast.ImportFrom) and imported_module(node, self._file.package) == module:
                return node
        return None

    def _extend(self, statement: ast.ImportFrom, names: Iterable[str]) -> Iterator[Edit]:
        """Each new name before the first one that sorts behind it; behind the last one if there is none."""
        by_place: dict[int, list[str]] = {}
        for name in sorted(names):
            behind = (alias for alias in statement.names if _order(alias.name) > _order(name))
            alias = next(behind, statement.names[-1])
            is_before = _order(alias.name) > _order(name) or self._has_comment_behind(alias)
            by_place.setdefault(self._file.start(alias) if is_before else -self._file.end(alias), []).append(name)
        for place, added in by_place.items():
            comma = self._separator(statement, place if place >= 0 else self._file.start(statement.names[-1]))
            text = b"".join(name.encode() + comma if place >= 0 else comma + name.encode() for name in added)
            yield Edit(abs(place), abs(place), text)

    def _has_comment_behind(self, alias: ast.alias) -> bool:
        end = self._file.end(alias)
        line_end = self._file.lines[(alias.end_lineno or alias.lineno)]
        return b"#" in self._file.content[end:line_end]

    def _separator(self, statement: ast.ImportFrom, start: int) -> bytes:
        """A comma, with a line break and indentation where each name has a line of its own."""
        if b"(" not in self._file.content[self._file.start(statement) : self._file.start(statement.names[0])]:
            return b", "
        line = max(begin for begin in self._file.lines if begin <= start)
        margin = self._file.content[line:start]
        return b"," + self._file.newline + margin if _BLANK.fullmatch(margin) else b", "

    def _is_behind_docstring(self, place: int) -> bool:
        body = self._file.tree.body
        is_docstring = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        return is_docstring and place == self._file.lines[body[0].end_lineno or 1]

    def _place(self) -> int:
        """Behind the last import of the first ones, else behind the docstring, else at the first statement."""
        body = self._file.tree.body
        last: ast.stmt | None = None
        for number, node in enumerate(body):
            is_docstring = number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom):
                break
            last = node
        if last is None:
            return self._file.lines[_first_line(body[0]) - 1] if body else len(self._file.content)
        line = last.end_lineno or last.lineno
        for node in body:  # what begins on the same line, behind a semicolon, may end further down
            line = max(line, node.end_lineno or 0) if node.lineno <= line else line
        return self._file.lines[line]


def _spell_import(module: str, names: Iterable[str]) -> bytes:
    ordered = sorted(names, key=_order)
    line = f"from {module} import {', '.join(ordered)}\n"
    if len(line) > _MAX_LINE:
        line = f"from {module} import (\n{''.join(f'    {name},{chr(10)}' for name in ordered)})\n"
    return line.encode()


def _first_line(node: ast.stmt) -> int:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return node.lineno


def _order(name: str) -> tuple[int, str]:
    """As ruff and isort order names: constants, classes, the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name
