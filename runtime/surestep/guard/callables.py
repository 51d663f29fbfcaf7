"""What a called object comes down to. By its `type`, never by `isinstance`: mocks and proxies lie to that.

No code of the user's runs here: no `__getattr__`, `__eq__` or `__hash__` of a strange object or of its class.
"""

import functools
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
from typing import Any, Final

__all__ = ["DESCRIPTORS", "class_key", "code_of", "functions_in", "inner_of", "unwrap"]

DESCRIPTORS: Final = frozenset({MethodDescriptorType, WrapperDescriptorType, ClassMethodDescriptorType})
"""Methods of classes written in C, as their class has them."""

_HOLDERS: Final = (
    (property, ("fget", "fset", "fdel")),
    (classmethod, ("__func__",)),
    (staticmethod, ("__func__",)),
    (functools.cached_property, ("func",)),
)


def inner_of(called: Any) -> Any:
    """What a method or a partial calls in the end."""
    while True:
        kind = type(called)
        if kind is MethodType:
            called = called.__func__
        elif issubclass(kind, functools.partial):
            called = functools.partial.func.__get__(called)  # a subclass may hide it
        else:
            return called


def class_key(found: type) -> object:
    """A class, or its id where its metaclass compares classes in its own way."""
    metaclass = type(found)
    plain = metaclass.__hash__ is type.__hash__ and metaclass.__eq__ is type.__eq__
    return found if plain else id(found)


def unwrap(called: object) -> object:
    """What decides about a call, without the particular instance: builtin, class, class and method name, id of code.

    An id, since the hash of code is that of all its instructions. Whoever keeps an id keeps the object.
    """
    inner = inner_of(called)
    kind = type(inner)
    if kind is FunctionType:
        return id(inner.__code__)
    if kind is BuiltinFunctionType:
        owner = type(inner.__self__)
        plain = inner.__self__ is None or issubclass(owner, ModuleType | type)
        return inner if plain else (class_key(owner), inner.__name__)
    if kind in DESCRIPTORS:
        return inner
    return class_key(inner) if issubclass(kind, type) else (class_key(kind), "__call__")


def code_of(called: object) -> CodeType | None:
    """The code of a function or method, None for what is not written in Python."""
    inner = inner_of(called)
    return inner.__code__ if type(inner) is FunctionType else None


def functions_in(found: type) -> Iterator[FunctionType]:
    """The functions of a class and of those it derives from that are written in Python."""
    for base in found.__mro__:
        members = vars(base)
        for member in members.values():
            yield from _functions_of(member)
        for fields in ("__dataclass_fields__", "__pydantic_fields__"):
            for field in dict(members.get(fields) or ()).values():
                yield from _functions_of(field.default_factory)


def _functions_of(member: object) -> Iterator[FunctionType]:
    if type(member) is FunctionType:
        yield member
        return
    parts = next((parts for kind, parts in _HOLDERS if issubclass(type(member), kind)), ())
    for part in parts:
        yield from _functions_of(getattr(member, part))
