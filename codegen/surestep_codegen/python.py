"""How text becomes Python source, and which names a module uses for what it imports.

Knows Python, not the spec language: naming rules of declarations are in `surestep_dsl.names`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["Import", "Reference", "Scope", "spell_docstring", "spell_text"]

_STANDARD: Final = frozenset({"base64", "collections.abc", "datetime", "decimal", "enum", "typing", "uuid"})


def spell_text(text: str) -> str:
    """A string literal."""
    return repr(text)


def spell_docstring(text: str, indent: int = 0) -> str:
    """A docstring with its quotes; lines after the first are indented by `indent` spaces."""
    escaped = text.strip().replace("\\", "\\\\").replace('"""', r"\"\"\"").replace("\t", "    ")
    if not escaped.replace("\n", "").isprintable():
        escaped = "".join(
            char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode() for char in escaped
        )
    if escaped.endswith('"') and not escaped.endswith(r"\""):
        escaped = f'{escaped[:-1]}\\"'
    lines = [line.rstrip() for line in escaped.split("\n")]
    margin = " " * indent
    body = "\n".join([lines[0], *(f"{margin}{line}" if line else "" for line in lines[1:])])
    return f'"""{body}\n{margin}"""' if len(lines) > 1 else f'"""{body}"""'


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A class of the generated package that another module of it uses.

    Attributes:
        module: full name.
        name: in that module.
        suffix: appended to the local name where the plain name means something else.
    """

    module: str
    name: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Import:
    """`from module import name as local`; `section` orders the standard library, packages and our own."""

    section: int
    module: str
    names: tuple[tuple[str, str], ...]


class Scope:
    """The names of one module: what it defines, what it imports, and under which local name.

    A library's name that the module's own classes or fields would hide is imported with a leading underscore; a field
    named `date` must not change what `date` means two lines further down.

    Args:
        module: its full name; what is referred to there needs no import.
        definitions: top-level names that the module defines.
        attributes: names in class bodies.
        references: what it uses of the generated package.
    """

    def __init__(
        self, module: str, definitions: Iterable[str], attributes: Iterable[str], references: Iterable[Reference]
    ) -> None:
        self._module = module
        self._taken = set(definitions)
        self._locals: dict[Reference, str] = {}
        for reference in sorted({found for found in references if found.module != module}):
            local = reference.name
            while local in self._taken:
                local += reference.suffix
            self._taken.add(local)
            self._locals[reference] = local
        self._taken.update(attributes)
        self._used: dict[tuple[int, str], dict[str, str]] = {}
        self._for_types: dict[tuple[int, str], dict[str, str]] = {}

    def library(self, module: str, name: str) -> str:
        """Import a library's name; returns what it is called here."""
        local = f"_{name}" if name in self._taken else name
        self._used.setdefault((0 if module in _STANDARD else 1, module), {})[name] = local
        return local

    def reference(self, reference: Reference) -> str:
        """Import one of the announced references; returns what it is called here."""
        return self._refer(reference, self._used)

    def type_reference(self, reference: Reference) -> str:
        """The same for annotations in quotes only, which must not import a module that may be importing this one."""
        return self._refer(reference, self._for_types)

    def _refer(self, reference: Reference, used: dict[tuple[int, str], dict[str, str]]) -> str:
        if reference.module == self._module:
            return reference.name
        local = self._locals[reference]
        used.setdefault((2, reference.module), {})[reference.name] = local
        return local

    def imports(self) -> tuple[Import, ...]:
        """Everything asked for so far, sorted."""
        return _sorted_imports(self._used)

    def type_imports(self) -> tuple[Import, ...]:
        """What only annotations in quotes use."""
        return _sorted_imports(self._for_types)


def _sorted_imports(used: dict[tuple[int, str], dict[str, str]]) -> tuple[Import, ...]:
    return tuple(
        Import(section, module, tuple(sorted(names.items()))) for (section, module), names in sorted(used.items())
    )
