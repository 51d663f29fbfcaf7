"""How results are stored: JSON through the pydantic adapter of their declared type, and back to the same value.

A handler always gets the decoded value, the first time and on every replay, so both see the same. A result that
decodes to something else than it was is refused, with the path of the first difference.
"""

import functools
import inspect
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
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
            reason = _find_unstorable(value, "result") or _first_lines(error)
            raise StepResultError(f"the result of {what} cannot be stored: {reason}{self._hint()}") from None
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
            name = getattr(annotation, "__qualname__", repr(annotation))
            raise StepResultError(
                f"nothing says how a {name} is written as JSON; return a pydantic model, a dataclass or plain values"
            ) from None
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
    if isinstance(target, type):
        return codec_of_type(target)
    return _codec_of_function(target if inspect.isroutine(target) else type(target).__call__)


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
        case Iterator():
            return ["type", type(value).__qualname__]  # reading it would leave nothing for the body
        case _:
            try:
                return [type(value).__qualname__, pydantic_core.to_jsonable_python(value)]
            except (ValueError, TypeError):
                return ["type", type(value).__qualname__]


def _find_difference(before: object, after: object, path: str) -> str | None:
    """Where two values differ, as a sentence, or None. Not-a-number equals itself here."""
    if type(before) is not type(after):
        return f"{path} is {_kind(before)} but would come back as {_kind(after)}"
    mine, theirs = _children(before, path), _children(after, path)
    if mine.keys() != theirs.keys():
        return f"{path} would come back with {len(theirs)} items instead of {len(mine)}, or under other keys"
    if not mine:
        same = before == after or (before != before and after != after)  # noqa: PLR0124 -- not-a-number
        return None if same else f"{path} is {reprlib.repr(before)} but would come back as {reprlib.repr(after)}"
    found = (_find_difference(child, theirs[where], where) for where, child in mine.items())
    return next((difference for difference in found if difference is not None), None)


def _find_unstorable(value: object, path: str) -> str | None:
    """Where a value holds something that JSON cannot, as a phrase, or None."""
    try:
        pydantic_core.to_json(value)
    except (ValueError, TypeError, RecursionError):
        found = (_find_unstorable(child, where) for where, child in _children(value, path).items())
        return next((phrase for phrase in found if phrase is not None), f"{path} is {_kind(value)}")
    return None


def _children(value: object, path: str) -> dict[str, object]:
    """What a value consists of, each with its path."""
    match value:
        case Mapping():
            return {f"{path}[{key!r}]": item for key, item in value.items()}
        case list() | tuple():
            return {f"{path}[{at}]": item for at, item in enumerate(value)}
        case BaseModel():
            return {f"{path}.{name}": getattr(value, name) for name in type(value).model_fields}
        case _ if is_dataclass(value):
            return {f"{path}.{field.name}": getattr(value, field.name) for field in fields(value)}
        case _:
            return {}


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _first_lines(error: Exception) -> str:
    """Pydantic's first line may only announce the second."""
    lines = (str(error) or type(error).__name__).splitlines()
    return " ".join(line.strip() for line in lines[: 2 if lines[0].endswith(":") else 1])
