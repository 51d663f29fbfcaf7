"""How results are stored: JSON through the pydantic adapter of their declared type, and back to the same value.

A handler always gets the decoded value, the first time and on every replay, so both see the same. A result that
decodes to something else than it was is refused, with the path of the first difference.
"""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from hashlib import blake2b
from typing import Any, get_type_hints

import pydantic_core
from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter

from surestep.errors import StepResultError

__all__ = ["ValueCodec", "codec_of_callable", "codec_of_type", "fingerprint_of"]

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")


@dataclass(frozen=True, slots=True)
class ValueCodec:
    """Encodes and decodes values of one type.

    Attributes:
        annotation: the type, for messages.
        declared: False where nobody said what the type is.
    """

    annotation: object
    adapter: TypeAdapter[Any]
    declared: bool = True

    def encode(self, value: object, what: str) -> bytes:
        """JSON of `value`.

        Args:
            value: what a body or handler returned.
            what: its name for the message, for instance `step 'charge'`.

        Raises:
            StepResultError: it cannot be encoded, or would come back as something else.
        """
        try:
            encoded = self.adapter.dump_json(value, by_alias=True, warnings="error")
            decoded = self.adapter.validate_json(encoded)
        except (ValueError, TypeError, RecursionError) as error:
            raise StepResultError(
                f"the result of {what} cannot be stored: {_first_line(error)}{self._hint()}"
            ) from None
        if type(decoded) is not type(value) or decoded != value:
            difference = _find_difference(value, decoded, "result")
            if difference is not None:
                raise StepResultError(f"the result of {what} would not come back the same: {difference}{self._hint()}")
        return encoded

    def decode(self, encoded: bytes) -> Any:
        """The value that `encoded` stands for."""
        return self.adapter.validate_json(encoded)

    def _hint(self) -> str:
        if self.declared:
            return ""
        return "; state the result's type: give the function a return annotation (a lambda cannot have one)"


@functools.lru_cache(maxsize=4096)
def _codec(annotation: Any, declared: bool) -> ValueCodec:  # noqa: FBT001 -- part of the cache's key
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=_CONFIG)
    except PydanticUserError as error:
        if error.code == "type-adapter-config-unused":
            adapter = TypeAdapter(annotation)
        else:
            message = f"values of type {annotation!r} cannot be stored: {_first_line(error)}"
            raise StepResultError(message) from None
    return ValueCodec(annotation, adapter, declared)


def codec_of_type(annotation: object) -> ValueCodec:
    """The codec of a declared type; None means that there is no value.

    Raises:
        StepResultError: pydantic cannot make a schema of it.
    """
    return _codec(type(None) if annotation is None else annotation, declared=True)


_UNDECLARED = _codec(Any, declared=False)


def codec_of_callable(body: Callable[..., object]) -> ValueCodec:
    """The codec of what a step body returns, by its return annotation; JSON values where it has none."""
    target = body
    while isinstance(target, functools.partial):
        target = target.func
    code = getattr(target, "__code__", None)
    if code is not None:
        return _codec_of_function(target)
    if not inspect.isroutine(target) and not isinstance(target, type):
        return _codec_of_function(type(target).__call__)
    return _codec_of_function(target)


@functools.lru_cache(maxsize=4096)
def _codec_of_function(function: Callable[..., object]) -> ValueCodec:
    try:
        hints = get_type_hints(function, include_extras=True)
    except (NameError, TypeError):
        return _UNDECLARED
    return _codec(hints["return"], declared=True) if "return" in hints else _UNDECLARED


def fingerprint_of(*parts: object) -> str:
    """A short hash of what a command asks, the same in every process. Empty parts give the empty text."""
    if not any(parts):
        return ""
    return blake2b(pydantic_core.to_json([_canonical(part) for part in parts]), digest_size=8).hexdigest()


def _canonical(value: object) -> object:
    """A JSON value that is equal for equal arguments: sets sorted, models by field, strangers by their type."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return ["bytes", value.hex()]
        case BaseModel():
            return [type(value).__qualname__, _canonical(value.model_dump(mode="python"))]
        case Mapping():
            return sorted(([str(key), _canonical(item)] for key, item in value.items()), key=lambda pair: str(pair[0]))
        case AbstractSet():
            return ["set", sorted((_canonical(item) for item in value), key=repr)]
        case Sequence():
            return [_canonical(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return [type(value).__qualname__, [_canonical(getattr(value, field.name)) for field in fields(value)]]
        case _:
            try:
                return [type(value).__qualname__, pydantic_core.to_jsonable_python(value)]
            except (ValueError, TypeError):
                return ["type", type(value).__qualname__]


def _find_difference(before: object, after: object, path: str) -> str | None:
    """Where two values differ, as a sentence, or None. Not-a-number equals itself here."""
    if type(before) is not type(after):
        return f"{path} is {_kind(before)} but would come back as {_kind(after)}"
    children: list[tuple[object, object, str]] = []
    match before, after:
        case float(), float():
            same = before == after or (before != before and after != after)  # noqa: PLR0124 -- not-a-number
            return None if same else f"{path} is {before!r} but would come back as {after!r}"
        case Mapping(), Mapping():
            if list(before) != list(after):
                return f"the keys of {path} would come back different"
            children = [(before[key], after[key], f"{path}[{key!r}]") for key in before]
        case ((list() | tuple()), (list() | tuple())):
            if len(before) != len(after):
                return f"{path} would come back with {len(after)} instead of {len(before)} items"
            children = [(old, new, f"{path}[{at}]") for at, (old, new) in enumerate(zip(before, after, strict=True))]
        case BaseModel(), BaseModel():
            children = [(getattr(before, n), getattr(after, n), f"{path}.{n}") for n in type(before).model_fields]
        case _ if is_dataclass(before) and is_dataclass(after) and not isinstance(before, type):
            names = [field.name for field in fields(before)]
            children = [(getattr(before, n), getattr(after, n), f"{path}.{n}") for n in names]
        case _:
            return None if before == after else f"{path} would come back as another {_kind(before)}"
    found = (_find_difference(old, new, where) for old, new, where in children)
    return next((difference for difference in found if difference is not None), None)


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
