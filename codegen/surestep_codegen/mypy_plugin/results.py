"""Whether the result of a step can be stored and read back, by its type."""

from typing import Final

from mypy.nodes import TypeInfo
from mypy.types import FunctionLike, Instance, TupleType, Type, TypeType, UnionType, get_proper_type

__all__ = ["find_unstorable"]

_LAZY: Final = ("typing.Iterator", "typing.AsyncIterator", "typing.Awaitable", "typing.IO")
"""Of these, nothing that derives from them can be stored either."""

_LIVE: Final = frozenset(
    ["_thread", "asyncio", "concurrent", "httpx", "multiprocessing", "queue", "requests", "socket", "sqlite3"]
) | {"ssl", "subprocess", "threading", "types"}
"""Libraries whose objects hold on to something of this process."""

_STORED: Final = frozenset({"types.NoneType", "types.EllipsisType"})
_EXACTLY: Final = frozenset({"typing.Iterable", "typing.AsyncIterable"})
"""They promise nothing but to be gone through; a list, which is one of them, can be stored."""


def find_unstorable(found: Type) -> Type | None:
    """The first part of a type that cannot be stored."""
    proper = get_proper_type(found)
    match proper:
        case FunctionLike() | TypeType():
            return proper
        case Instance():
            return proper if _is_unstorable(proper.type) else _first(proper.args)
        case TupleType() | UnionType():
            return _first(proper.items)
        case _:
            return None


def _first(types: list[Type] | tuple[Type, ...]) -> Type | None:
    return next((one for one in map(find_unstorable, types) if one is not None), None)


def _is_unstorable(info: TypeInfo) -> bool:
    if info.fullname in _EXACTLY:
        return True
    is_live = info.module_name.partition(".")[0] in _LIVE and not info.is_enum and info.fullname not in _STORED
    return is_live or any(info.has_base(name) for name in _LAZY)
