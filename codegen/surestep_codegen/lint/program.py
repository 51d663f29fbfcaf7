"""All modules of a program that handlers can reach, and what a dotted name leads to among them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.lint.facts import ClassFacts, FunctionFacts, ModuleFacts

__all__ = ["Function", "Load", "Program"]

Load: TypeAlias = Callable[[str], ModuleFacts | None]
"""The facts of a first-party module by its dotted name, None for one that is not ours or does not exist."""

_HOPS: Final = 20
"""A name that has been re-exported more often than this leads nowhere; circles do."""

_INITIALISERS: Final = ("__new__", "__init__", "__post_init__")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the program."""

    module: ModuleFacts
    facts: FunctionFacts


@dataclass(slots=True)
class Program:
    """Looks names up, reading modules when they are first needed."""

    load: Load
    _modules: dict[str, ModuleFacts | None] = field(default_factory=dict)

    def module(self, name: str) -> ModuleFacts | None:
        """A first-party module."""
        if name not in self._modules:
            self._modules[name] = self.load(name)
        return self._modules[name]

    def find(self, name: str) -> tuple[tuple[Function, ...], str]:
        """What calling a name runs: functions of the program, and else the name under which the world knows it."""
        for _ in range(_HOPS):
            module, rest = self._split(name)
            if module is None:
                return (), name
            found = self._in_module(module, rest)
            if isinstance(found, tuple):
                return found, name
            if found == name:
                return (), name
            name = found
        return (), name

    def is_foreign(self, name: str) -> bool:
        """Whether a dotted name belongs to a module that is not part of the program."""
        return self._split(name)[0] is None and "." in name

    def _split(self, name: str) -> tuple[ModuleFacts | None, str]:
        """The longest part of a name that is a first-party module, and what is left."""
        module_name, rest = name, ""
        while module_name:
            if (module := self.module(module_name)) is not None:
                return module, rest
            module_name, _, last = module_name.rpartition(".")
            rest = f"{last}.{rest}" if rest else last
        return None, name

    def _in_module(self, module: ModuleFacts, rest: str) -> tuple[Function, ...] | str:
        """Functions, or the name to go on with."""
        if rest in module.functions:
            return (Function(module, module.functions[rest]),)
        if rest in module.classes:
            members = (self._member(module, module.classes[rest], name) for name in _INITIALISERS)
            return tuple(one for member in members if not isinstance(member, str) for one in member)
        owner, _, attribute = rest.rpartition(".")
        if owner in module.classes:
            return self._member(module, module.classes[owner], attribute)
        first, _, others = rest.partition(".")
        target = module.names.get(first, "")
        if not target or target == f"{module.name}.{first}":
            return ()
        return f"{target}.{others}" if others else target

    def _member(self, module: ModuleFacts, owner: ClassFacts, attribute: str) -> tuple[Function, ...] | str:
        """A method, perhaps inherited; from a class that is not ours, its dotted name."""
        if attribute in owner.members:
            return (Function(module, module.functions[f"{owner.name}.{attribute}"]),)
        for base in owner.bases:
            base_module, rest = self._split(base)
            if base_module is None:
                return f"{base}.{attribute}"
            if rest in base_module.classes and base_module.classes[rest] is not owner:
                found = self._member(base_module, base_module.classes[rest], attribute)
                if found:
                    return found
        return ()
