"""Whether a value that was read back is what it was, down to the types of its parts, and where it is not.

Two values are the same when handler code cannot tell them apart: equal, and of the same types throughout. Two
exceptions: not-a-number is the same as itself, and a whole number may come back as the float it was declared to be.
"""

import reprlib
from collections.abc import Mapping, Set as AbstractSet
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Final, TypeAlias

import pydantic_core
from pydantic import BaseModel

__all__ = ["find_difference", "find_unstorable", "is_same", "with_article"]

_MISSING: Final = object()
_PLAIN: Final = (str, int, bytes, NoneType)


def is_same(before: object, after: object) -> bool:
    """Whether `after` is what `before` was."""
    kind = type(before)
    if kind is not type(after):
        return (kind is int and type(after) is float and before == after) or _is_closer(before, after)
    if isinstance(before, _PLAIN):
        return before == after
    match before, after:
        case (list() | tuple(), list() | tuple()):
            return len(before) == len(after) and all(map(is_same, before, after))
        case (Mapping(), Mapping()):
            return _has_other(before, after) is None and all(is_same(item, after[key]) for key, item in before.items())
        case (AbstractSet(), AbstractSet()):
            return _has_other(before, after) is None
        case _:
            return _is_same_object(before, after)


def _is_same_object(before: object, after: object) -> bool:
    mine, theirs = _children(before, ""), _children(after, "")
    if not mine:
        return before == after or (before != before and after != after)  # noqa: PLR0124 -- not-a-number
    return mine.keys() == theirs.keys() and all(is_same(mine[where], theirs[where]) for where in mine)


def _is_closer(before: object, after: object) -> bool:
    """Whether a generic model was made without its parameters and comes back with them."""
    if not (isinstance(before, BaseModel) and isinstance(after, BaseModel)):
        return False
    return type(after).__pydantic_generic_metadata__["origin"] is type(before) and _is_same_object(before, after)


_Elements: TypeAlias = Mapping[object, object] | AbstractSet[object]


def _has_other(before: _Elements, after: _Elements) -> tuple[object, object] | None:
    """The first key or element that is another in `after`, and what it is there; itself twice where it is missing."""
    found = {element: element for element in after}
    for element in before:
        twin = found.pop(element, _MISSING)
        if twin is _MISSING or not is_same(element, twin):
            return element, element if twin is _MISSING else twin
    return next(((_MISSING, extra) for extra in found), None)


def find_difference(before: object, after: object, path: str) -> str:
    """Where two values differ that are not the same, as a sentence."""
    if type(before) is not type(after):
        return f"{path} is {_kind(before)} but would come back as {_kind(after)}"
    if isinstance(before, Mapping | AbstractSet) and isinstance(after, Mapping | AbstractSet):
        match _has_other(before, after):
            case (element, twin) if element is twin or element is _MISSING:
                return f"{path} would come back {'without' if element is twin else 'with'} {reprlib.repr(twin)}"
            case (element, twin):
                return find_difference(element, twin, f"{reprlib.repr(twin)} in {path}")
            case None:
                pass
    mine, theirs = _children(before, path), _children(after, path)
    if mine.keys() != theirs.keys():
        return f"{path} would come back with {len(theirs)} items instead of {len(mine)}"
    for where, child in mine.items():
        if not is_same(child, theirs[where]):
            return find_difference(child, theirs[where], where)
    return f"{path} is {reprlib.repr(before)} but would come back as {reprlib.repr(after)}"


def find_unstorable(value: object, path: str) -> str | None:
    """Where a value holds something that JSON cannot, as a phrase, or None."""
    try:
        pydantic_core.to_json(value)
    except (ValueError, TypeError, RecursionError):
        found = (find_unstorable(child, where) for where, child in _children(value, path).items())
        half = " with half of a surrogate pair" if isinstance(value, str) else ""
        return next((phrase for phrase in found if phrase is not None), f"{path} is {_kind(value)}{half}")
    return None


def _children(value: object, path: str) -> dict[str, object]:
    """What a value consists of, each with its path; the elements of a set have none."""
    match value:
        case Mapping():
            return {f"{path}[{key!r}]": item for key, item in value.items()}
        case list() | tuple():
            return {f"{path}[{at}]": item for at, item in enumerate(value)}
        case BaseModel():
            names = [*type(value).model_fields, *(value.model_extra or ())]
            return {f"{path}.{name}": getattr(value, name) for name in names}
        case _ if is_dataclass(value):
            return {f"{path}.{field.name}": getattr(value, field.name) for field in fields(value)}
        case _:
            return {}


def _kind(value: object) -> str:
    return with_article(type(value).__name__)


def with_article(name: str) -> str:
    """The name of a type, with the article before it."""
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
