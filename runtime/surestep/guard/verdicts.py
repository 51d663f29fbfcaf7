"""What calling an object does, decided on the object itself: aliases, partials and subclasses are one case.

Two ways lead to an entry of the table: the object *is* what a name of the table stands for in a loaded module, or the
module and qualified name it tells of itself, or of a base class, is in the table.
"""

import builtins
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, MethodWrapperType, ModuleType
from typing import Any, Final

from surestep.core.marks import mark_of
from surestep.guard.callables import DESCRIPTORS, class_key, code_of, inner_of, unwrap
from surestep.guard.effects import known_effects
from surestep_dsl.effects import Effect, EffectKind, entry_of

__all__ = ["Verdicts"]

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
    "os._Environ": "os.environ",
    "pathlib._local": "pathlib",
    "posix": "os",
    "posixpath": "os.path",
}
"""What modules and a class of the standard library that are an implementation are called by their users."""

_BOUND: Final = frozenset({BuiltinFunctionType, MethodType, MethodWrapperType})
_NAMED: Final = frozenset({BuiltinFunctionType, FunctionType})
_BY_THEMSELVES: Final = frozenset({BuiltinFunctionType, FunctionType, MethodType})
_CYTHON: Final = "cython_function_or_method"

_TOLERATED: Final = {EffectKind.PURE, EffectKind.LOGGING, EffectKind.HASH_ID}
"""They change nothing that a replay asks; the lint speaks of them."""


class Verdicts:
    """Which effect called objects have."""

    def __init__(self) -> None:
        self._by_object: dict[object, Effect] = {}
        self._kept: dict[int, object] = {}
        self._shared: set[int] = set()
        self._resolved = (0, 0)

    def is_special(self, called: object) -> bool:
        """Whether the table names this very object, of the modules loaded when last looked."""
        return type(called) in _BY_THEMSELVES and called in self._by_object

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
            keys = map(class_key, type(first_argument).__mro__)
            found = next((self._by_object[key] for key in keys if key in self._by_object), found)
        return self._verdict(found, _names_of_code(code, module, first_argument))

    def _verdict(self, found: Effect | None, names: Iterator[str]) -> Effect | None:
        if found is None:
            entries = (entry_of(name, known_effects) for name in names)
            found = next((entry for entry in entries if entry is not None), None)
        return None if found is None or found.kind in _TOLERATED else found

    def _resolve_names(self) -> None:
        """Find the objects of the table's names; once for the modules that are loaded by now."""
        state = len(sys.modules), len(known_effects)
        if self._resolved != state:
            for name, effect in known_effects.items():
                found = _object_named(name)
                if callable(found):
                    self._note(found, effect)
            self._resolved = state  # last: another thread may ask meanwhile, and finds them for itself

    def _note(self, found: object, effect: Effect) -> None:
        self._kept[id(found)] = found
        code, owner = code_of(found), getattr(found, "__self__", None)
        if type(found) is MethodType and not isinstance(owner, type):
            # `random.choice` is bound to one generator; those of others are harmless
            self._by_object[found] = self._by_object[id(code), id(owner)] = effect
            self._shared.add(id(code))
        elif type(found) is BuiltinFunctionType and not isinstance(owner, type | ModuleType | None):
            self._by_object[found] = effect
        elif code is not None and hasattr(found, "__wrapped__"):
            self._by_object[found] = effect
            self._shared.add(id(code))
        else:
            self._by_object.setdefault(unwrap(found), effect)  # `open`, not `io.open`


def _object_named(name: str) -> object:
    """What loaded modules hold under a name; nothing is imported, not even where a module does so when it is asked."""
    module_name, _, rest = name.rpartition(".")
    path = [rest]
    while module_name and module_name not in sys.modules:
        module_name, _, rest = module_name.rpartition(".")
        path.insert(0, rest)
    found: object = sys.modules[module_name] if module_name else builtins
    for part in path:
        if isinstance(found, ModuleType):
            found = vars(found).get(part)
        else:
            found = getattr(found, part, None) if isinstance(found, type) else None
    return found


def _names_of(called: Any, first_argument: object) -> Iterator[str]:
    """Dotted names under which the table may know a called object, the most precise first."""
    if type(called) is not MethodType:
        called = inner_of(called)
    kind = type(called)
    if issubclass(kind, type):
        yield from map(_class_name, called.__mro__)
    elif kind in _BOUND and not (called.__self__ is None or isinstance(called.__self__, ModuleType)):
        owner = called.__self__
        bases = owner.__mro__ if issubclass(type(owner), type) else type(owner).__mro__
        yield from (f"{_class_name(base)}.{called.__name__}" for base in bases)
    elif kind in _NAMED or kind.__name__ == _CYTHON:
        yield from _names_in(str(called.__module__ or ""), str(called.__qualname__), first_argument)
    elif kind in DESCRIPTORS:
        yield f"{_class_name(called.__objclass__)}.{called.__name__}"
    else:
        yield from map(_class_name, kind.__mro__)


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
    dotted = f"{module}.{name}" if module else name
    return _ALIASES.get(dotted, dotted)
