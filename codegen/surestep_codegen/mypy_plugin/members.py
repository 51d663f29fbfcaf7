"""Under which names the program and the table of effects know what a resolved type's member is."""

import functools
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from mypy.nodes import Decorator, OverloadedFuncDef, SymbolNode, TypeInfo
from mypy.types import (
    CallableType,
    Instance,
    LiteralType,
    Overloaded,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from surestep_dsl.effects import EFFECTS, effect_of

__all__ = ["Member", "Members", "NamesOf", "classes_of", "find_member", "instances_of", "spellings_of"]

NamesOf: TypeAlias = Callable[[TypeInfo, str], tuple[str, ...]]
"""The names of a member of a class, by its own name: one or none."""

_OURS: Final = "surestep."


class Member(NamedTuple):
    """A method or property of a class.

    Attributes:
        name: dotted, as the program or the table of effects knows it.
        is_property: reading it calls it.
    """

    name: str
    is_property: bool


class Members:
    """The methods and properties of classes whose names matter; each is looked at once.

    Attributes:
        methods: the names of a method.
        properties: the names of a property.
    """

    def __init__(self, matters: Callable[[str], bool]) -> None:
        self.methods: NamesOf = functools.cache(lambda owner, name: self._names_of(owner, name, is_property=False))
        self.properties: NamesOf = functools.cache(lambda owner, name: self._names_of(owner, name, is_property=True))
        self.matters = matters

    def _names_of(self, owner: TypeInfo, name: str, *, is_property: bool) -> tuple[str, ...]:
        member = find_member(owner, name)
        is_wanted = member is not None and member.is_property == is_property and self.matters(member.name)
        return (member.name,) if member is not None and is_wanted else ()


def instances_of(found: Type | None) -> tuple[TypeInfo, ...]:
    """The classes whose instances a value may be."""
    proper = get_proper_type(found)
    match proper:
        case Instance():
            return (proper.type,)
        case UnionType():
            return tuple(info for item in proper.items for info in instances_of(item))
        case TupleType():
            return (proper.partial_fallback.type,)
        case LiteralType() | TypedDictType():
            return (proper.fallback.type,)
        case TypeVarType():
            return instances_of(proper.upper_bound)
        case _:
            return ()


def classes_of(found: Type | None) -> tuple[TypeInfo, ...]:
    """The classes that a value may be itself."""
    proper = get_proper_type(found)
    match proper:
        case Instance():
            return ()
        case CallableType() | Overloaded():
            return (proper.type_object(),) if proper.is_type_obj() else ()
        case TypeType():
            return instances_of(proper.item)
        case UnionType():
            return tuple(info for item in proper.items for info in classes_of(item))
        case _:
            return ()


@functools.cache
def find_member(owner: TypeInfo, name: str) -> Member | None:
    """What an attribute of a class's instances is, if it is a method or property; those of surestep are all fine."""
    home = owner.get_containing_type_info(name)
    symbol = None if home is None else home.names.get(name)
    if home is None or symbol is None or symbol.node is None or owner.module_name.startswith(_OURS):
        return None
    known = _known_name(owner, home, name)
    return None if known is None else Member(known, _is_property(symbol.node))


def _known_name(owner: TypeInfo, home: TypeInfo, name: str) -> str | None:
    """The class that has the member, or one nearer to the object that the table of effects knows.

    None where the table knows no more than its module: the answer of a web service is not the network.
    """
    for base in owner.mro[: owner.mro.index(home) + 1]:
        for spelled in spellings_of(base):
            if spelled in EFFECTS or f"{spelled}.{name}" in EFFECTS:
                return f"{spelled}.{name}"
    return None if effect_of(home.module_name) is not None else f"{home.fullname}.{name}"


@functools.cache
def spellings_of(info: TypeInfo) -> tuple[str, ...]:
    """Where a library shows a class, the class's own name first: `httpx.Client` is one of `httpx._client.Client`."""
    rest = info.fullname.removeprefix(f"{info.module_name}.")
    parts = info.module_name.split(".")
    return tuple(f"{'.'.join(parts[:count])}.{rest}" for count in range(len(parts), 0, -1))


def _is_property(node: SymbolNode) -> bool:
    match node:
        case Decorator():
            return node.func.is_property
        case OverloadedFuncDef():
            return node.is_property
        case _:
            return False
