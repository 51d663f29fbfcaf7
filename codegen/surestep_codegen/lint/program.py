"""All modules of a program that handlers can reach, and what a dotted name leads to among them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.lint.facts import RESULT, WRAPPERS, ClassFacts, FunctionFacts, ModuleFacts
from surestep_dsl.effects import EFFECTS

__all__ = ["Function", "Load", "Program"]

Load: TypeAlias = Callable[[str], ModuleFacts | None]
"""The facts of a first-party module by its dotted name, None for one that is not ours or does not exist."""

_Found: TypeAlias = "tuple[tuple[Function, ...], str]"

_HOPS: Final = 20
"""A name that has been re-exported more often than this leads nowhere; circles do."""

_INITIALISERS: Final = ("__new__", "__init__", "__post_init__")

_RESULTS: Final = {
    "asyncio.get_event_loop": "asyncio.AbstractEventLoop",
    "logging.getLogger": "logging.Logger",
    "sqlite3.connect": "sqlite3.Connection",
}
"""What functions of libraries give, where that matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program; the program has one object of each."""

    module: ModuleFacts
    facts: FunctionFacts


@dataclass(slots=True)
class Program:
    """Looks names up, reading modules when they are first needed."""

    load: Load
    modules: dict[str, ModuleFacts | None] = field(default_factory=dict)
    _found: dict[str, _Found] = field(default_factory=dict)
    _functions: dict[tuple[str, str], Function] = field(default_factory=dict)

    def module(self, name: str) -> ModuleFacts | None:
        """A first-party module."""
        if name not in self.modules:
            self.modules[name] = self.load(name)
        return self.modules[name]

    def function(self, module: ModuleFacts, name: str) -> Function:
        """One of a module, by its qualified name."""
        key = module.name, name
        if key not in self._functions:
            self._functions[key] = Function(module, module.functions[name])
        return self._functions[key]

    def find(self, name: str) -> _Found:
        """What calling a name runs: functions of the program, and else the name under which the world knows it."""
        if name not in self._found:
            self._found[name] = (), name  # for who asks on the way
            self._found[name] = self._find(name, _HOPS)
        return self._found[name]

    def is_foreign(self, name: str) -> bool:
        """Whether a dotted name belongs to a module that is not part of the program."""
        return self._split(name)[0] is None and "." in name

    def _find(self, name: str, hops: int) -> _Found:
        if RESULT in name:
            name = self._through_result(name)
        if name.endswith(WRAPPERS):
            return self._wrappers(name.removesuffix(WRAPPERS)), name
        module, rest = self._split(name)
        if module is None or not hops:
            return (), name
        found = self._in_module(module, rest)
        if isinstance(found, tuple):
            return found, name
        return ((), name) if found == name else self._find(found, hops - 1)

    def _through_result(self, name: str) -> str:
        """The name with what a function gives in place of the function; unchanged where nobody can tell."""
        called, _, attributes = name.rpartition(RESULT)
        functions, known = self.find(called)
        module, rest = self._split(known)
        if module is not None and rest in module.classes:
            return f"{known}{attributes}"
        given = functions[0].facts.returns if functions else _RESULTS.get(known, "")
        return f"{given}{attributes}" if given else name

    def _wrappers(self, decorator: str) -> tuple[Function, ...]:
        """The functions defined in a decorator of ours: they run whenever what it decorates is called."""
        return tuple(
            self.function(one.module, name)
            for one in self.find(decorator)[0]
            for name in one.module.functions
            if name.startswith(f"{one.facts.name}.<locals>.")
        )

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
            return (self.function(module, rest),)
        if rest in module.classes:
            members = (self._member(module, module.classes[rest], name) for name in _INITIALISERS)
            return tuple(one for member in members if not isinstance(member, str) for one in member)
        owner, attribute = _owner_in(module, rest)
        if owner is not None:
            return self._member(module, owner, attribute)
        first, _, others = rest.partition(".")
        target = (module.instances.get(first) if others else None) or module.names.get(first, "")
        if not target and module.stars:
            return self._through_stars(module.stars, rest)
        if not target or target == f"{module.name}.{first}":
            return ()
        return f"{target}.{others}" if others else target

    def _through_stars(self, stars: Iterable[str], rest: str) -> tuple[Function, ...] | str:
        for star in stars:
            functions, name = self.find(f"{star}.{rest}")
            if functions or name in EFFECTS:
                return name
        return ()

    def _member(self, module: ModuleFacts, owner: ClassFacts, path: str) -> tuple[Function, ...] | str:
        """A method, perhaps inherited; of an attribute, what it stands for; from a class not ours, its dotted name."""
        attribute, _, others = path.partition(".")
        if path in owner.members:
            return (self.function(module, f"{owner.name}.{path}"),)
        if attribute in owner.attributes:
            target = owner.attributes[attribute]
            return f"{target}.{others}" if others else target
        for base in owner.bases:
            found = self._inherited(base, owner, path)
            if found:
                return found
        return ()

    def _inherited(self, base: str, owner: ClassFacts, path: str) -> tuple[Function, ...] | str:
        module, rest = self._split(self.find(base)[1])
        if module is None:
            return f"{base}.{path}"
        found = module.classes.get(rest)
        return self._member(module, found, path) if found is not None and found is not owner else ()


def _owner_in(module: ModuleFacts, rest: str) -> tuple[ClassFacts | None, str]:
    """The class with the longest name that a dotted name begins with, and what is left."""
    owner, path = rest, ""
    while owner:
        if owner in module.classes:
            return module.classes[owner], path
        owner, _, last = owner.rpartition(".")
        path = f"{last}.{path}" if path else last
    return None, rest
