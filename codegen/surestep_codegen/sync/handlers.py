"""Finds the handlers in a module: functions under a decorator of the generated package."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from surestep_codegen.sync.bindings import Names, dotted
from surestep_codegen.sync.source_file import SourceFile

__all__ = ["FoundHandler", "find_handlers"]

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = "functions"
_ROLES: Final = frozenset({"on_failure", "on_cancel"})


@dataclass(frozen=True, slots=True)
class FoundHandler:
    """A decorated function.

    Attributes:
        package: the generated package that the decorator comes from; an older name of it, if that has changed.
        stem: the module of the function's declaration in that package.
    """

    file: SourceFile
    node: _Definition
    decorator: ast.expr
    package: str
    stem: str
    role: str | None


def find_handlers(file: SourceFile, names: Names, package: str, stems: Collection[str]) -> list[FoundHandler]:
    """All handlers of a module, in the order written.

    Args:
        file: the module.
        names: what its names mean.
        package: the generated package.
        stems: modules of the functions that the specs declare.

    Raises:
        RefusalError: it cannot be told which handler a function is, or whether it exists.
    """
    top = set(map(id, file.tree.body))
    reader = _Reader(file, names, package, stems)
    found: list[FoundHandler] = []
    for node in ast.walk(file.tree):
        for handler in reader.read(node) if isinstance(node, _Definition) else ():
            if id(handler.node) not in top:
                raise file.refuse(
                    "K206",
                    f"`{handler.node.name}` is a handler under a condition or inside of something",
                    handler.node,
                    "define it at the top of the module; decide inside of the handler, or by two functions in the spec",
                )
            found.append(handler)
    return sorted(found, key=lambda handler: handler.node.lineno)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: SourceFile
    names: Names
    package: str
    stems: Collection[str]

    def read(self, node: _Definition) -> Iterator[FoundHandler]:
        """The handler that a function is, if it is one."""
        for decorator in node.decorator_list:
            first, *rest = dotted(decorator) or [""]
            targets = self.names.targets(first)
            if not targets:
                yield from self._read_unbound(node, decorator, first, rest)
                continue
            known = [found for target in targets if target and (found := self._split([*target.split("."), *rest]))]
            if known and len(targets) > 1:
                message = f"`{first}` means more than one thing in this module"
                raise self.file.refuse("K204", message, decorator, "give one of them another name")
            yield from (FoundHandler(self.file, node, decorator, *found) for found in known)

    def _read_unbound(
        self, node: _Definition, decorator: ast.expr, stem: str, rest: list[str]
    ) -> Iterator[FoundHandler]:
        """A decorator that nothing imports is known by its name."""
        if stem not in self.stems or not (rest == [] or (len(rest) == 1 and rest[0] in _ROLES)):
            return
        if self.names.star is not None:
            message = f"a star import may or may not bring `{stem}`"
            raise self.file.refuse("K203", message, self.names.star, "import by name what the module uses")
        yield FoundHandler(self.file, node, decorator, self.package, stem, rest[0] if rest else None)

    def _split(self, parts: list[str]) -> tuple[str, str, str | None] | None:
        """Package, module and role of `shop.contract.functions.process_order.process_order.on_failure`."""
        role = parts.pop() if parts[-1] in _ROLES else None
        if len(parts) < 4 or parts[-3] != _FUNCTIONS:
            return None
        package, stem = ".".join(parts[:-3]), parts[-2]
        # of a package of another name only what is surely meant: a declaration is called like its module
        is_ours = package == self.package or (stem in self.stems and parts[-1] == stem)
        return (package, stem, role) if is_ours else None
