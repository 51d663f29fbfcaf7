"""What calling an object does, decided on the object itself: aliases, partials and subclasses are one case.

Two ways lead to an entry of the table: the object *is* what a name of the table stands for in a loaded module, or the
module and qualified name it tells of itself, or of a base class, is in the table.
"""

import builtins
import functools
import sys
from collections.abc import Iterator
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Final

from surestep.core.marks import mark_of
from surestep_dsl.effects import EFFECTS, Effect, EffectKind, entry_of

__all__ = ["Verdicts", "code_of", "unwrap"]

_ALIASES: Final = {
    "_datetime": "datetime",
    "_io": "io",
    "_pydatetime": "datetime",
    "_random": "random",
    "_socket": "socket",
    "_sqlite3": "sqlite3",
    "_ssl": "ssl",
    "builtins": "",
    "nt": "os",
    "ntpath": "os.path",
    "pathlib._local": "pathlib",
    "posix": "os",
    "posixpath": "os.path",
}
"""What modules of the standard library that are an implementation are called by their users."""

_TOLERATED: Final = {EffectKind.PURE, EffectKind.LOGGING, EffectKind.HASH_ID}
"""They change nothing that a replay asks; the lint speaks of them."""


class Verdicts:
    """Which effect called objects have."""

    def __init__(self) -> None:
        self._by_object: dict[object, Effect] = {}
        self._shared: set[int] = set()
        self._modules = 0

    def is_special(self, called: object) -> bool:
        """Whether the table names this very object, of the modules loaded when last looked."""
        try:
            return called in self._by_object
        except TypeError:  # not hashable
            return False

    def is_shared(self, code: CodeType) -> bool:
        """Whether it alone tells nothing: a method that is harmless for other instances, a wrapper of a decorator."""
        return id(code) in self._shared

    def of(self, called: object, first_argument: object = None) -> Effect | None:
        """The effect of calling an object; `first_argument` tells whose method a plain function is."""
        if (mark := mark_of(code_of(called))) is not None:
            return None if mark.kind is EffectKind.PURE else mark
        self._resolve_names()
        found = self._by_object.get(called if self.is_special(called) else unwrap(called))
        return self._verdict(found, _names_of(called, first_argument))

    def of_code(self, code: CodeType, module: str, first_argument: object) -> Effect | None:
        """The effect of running the code of a function that is defined in `module`."""
        if (mark := mark_of(code)) is not None:
            return None if mark.kind is EffectKind.PURE else mark
        self._resolve_names()
        found = self._by_object.get(id(code)) or self._by_object.get((id(code), id(first_argument)))
        if code.co_name == "__init__":  # its class is called
            found = next(
                (self._by_object[base] for base in type(first_argument).__mro__ if base in self._by_object), found
            )
        return self._verdict(found, _names_of_code(code, module, first_argument))

    def _verdict(self, found: Effect | None, names: Iterator[str]) -> Effect | None:
        if found is None:
            entries = (entry_of(name) for name in names)
            found = next((entry for entry in entries if entry is not None), None)
        return None if found is None or found.kind in _TOLERATED else found

    def _resolve_names(self) -> None:
        """Find the objects of the table's names; once for the modules that are loaded by now."""
        if self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            for name, effect in EFFECTS.items():
                for found in _objects_named(name):
                    self._note(found, effect)

    def _note(self, found: object, effect: Effect) -> None:
        self._by_object[found] = effect
        if isinstance(found, MethodType | FunctionType):
            self._shared.add(id(code_of(found)))
        if isinstance(found, MethodType):
            self._by_object[id(code_of(found)), id(found.__self__)] = effect


def unwrap(called: object) -> object:
    """What decides about a call, without the particular instance: builtin, class, class and method name, id of code.

    An id, since the hash of code is that of all its instructions. Whoever keeps the id keeps the code.
    """
    while isinstance(called, functools.partial | MethodType):
        called = called.func if isinstance(called, functools.partial) else called.__func__
    if isinstance(called, FunctionType):
        return id(called.__code__)
    if isinstance(called, BuiltinFunctionType):
        owner = called.__self__
        return called if owner is None or isinstance(owner, ModuleType | type) else (type(owner), called.__name__)
    if isinstance(called, type | MethodDescriptorType | WrapperDescriptorType | ClassMethodDescriptorType):
        return called
    return (type(called), "__call__")


def code_of(called: object) -> CodeType | None:
    """The code of a function or method, None for what is not written in Python."""
    while isinstance(called, functools.partial | MethodType):
        called = called.func if isinstance(called, functools.partial) else called.__func__
    return called.__code__ if isinstance(called, FunctionType) else None


def _objects_named(name: str) -> Iterator[object]:
    module_name, _, rest = name.rpartition(".")
    path = [rest]
    while module_name and module_name not in sys.modules:
        module_name, _, rest = module_name.rpartition(".")
        path.insert(0, rest)
    found: object = sys.modules[module_name] if module_name else builtins
    for part in path:
        found = getattr(found, part, None)
    owner = getattr(found, "__self__", None)
    if isinstance(found, MethodType | BuiltinFunctionType) and not isinstance(owner, type | ModuleType | None):
        yield found  # `random.choice` is bound to one generator; those of others are harmless
    elif isinstance(found, FunctionType) and hasattr(found, "__wrapped__"):
        yield found
    elif callable(found):
        yield unwrap(found)


def _names_of(called: object, first_argument: object) -> Iterator[str]:
    """Dotted names under which the table may know a called object, the most precise first."""
    while isinstance(called, functools.partial):
        called = called.func
    own_name = getattr(called, "__name__", "")
    owner = getattr(called, "__self__", None)
    if isinstance(called, type):
        yield from map(_class_name, called.__mro__)
    elif isinstance(owner, ModuleType) or (owner is None and isinstance(called, BuiltinFunctionType | FunctionType)):
        module, qualified_name = getattr(called, "__module__", "") or "", getattr(called, "__qualname__", "")
        yield from _names_in(str(module), str(qualified_name), first_argument)
    elif owner is not None:
        bases = owner.__mro__ if isinstance(owner, type) else type(owner).__mro__
        yield from (f"{_class_name(base)}.{own_name}" for base in bases)
    elif hasattr(called, "__objclass__"):
        yield f"{_class_name(called.__objclass__)}.{own_name}"
    else:
        yield from map(_class_name, type(called).__mro__)


def _names_of_code(code: CodeType, module: str, first_argument: object) -> Iterator[str]:
    if code.co_name != "__init__":
        yield from _names_in(module, code.co_qualname, first_argument)
    else:  # the class is called
        yield from map(_class_name, type(first_argument).__mro__)


def _names_in(module: str, qualified_name: str, first_argument: object) -> Iterator[str]:
    yield _dotted(module, qualified_name)
    class_name, _, name = qualified_name.rpartition(".")
    if class_name and first_argument is not None:
        yield from (f"{_class_name(base)}.{name}" for base in type(first_argument).__mro__)


def _class_name(found: type) -> str:
    return _dotted(found.__module__, found.__qualname__)


def _dotted(module: str, name: str) -> str:
    module = _ALIASES.get(module, module)
    return f"{module}.{name}" if module else name
