"""How results are stored: JSON through the pydantic adapter of their declared type, and back to the same value.

A handler always gets the decoded value, the first time and on every replay, so both see the same. A result that
decodes to something else than it was is refused, with the path of the first difference.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from types import FunctionType, SimpleNamespace
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

import pydantic_core
from pydantic import BaseModel, ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from surestep.core.sameness import find_difference, find_unstorable, is_same, with_article
from surestep.core.value import value
from surestep.errors import StepResultError

__all__ = ["ValueCodec", "codec_of_callable", "codec_of_type", "fingerprint_of", "fingerprint_of_call"]

_UNDECLARED: Final = "; state the result's type: give the function a return annotation (a lambda cannot have one)"

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", ser_json_inf_nan="strings")


@value(frozen=True, slots=True)
class ValueCodec:
    """Encodes and decodes values of one type.

    Attributes:
        annotation: the type, for messages.
        hint: what to do about a value that does not survive, where the type itself is to blame.
    """

    annotation: object
    adapter: TypeAdapter[Any]
    hint: str = ""

    def encode(self, value: object, what: str) -> bytes:
        """JSON of `value`.

        Args:
            value: what a body or handler returned.
            what: its name for the message, for instance `step 'charge'`.

        Raises:
            StepResultError: it cannot be encoded, or would come back as something else.
        """
        try:
            encoded = self.adapter.serializer.to_json(value, by_alias=True, warnings="error")
            decoded = self.adapter.validator.validate_json(encoded)
            difference = None if is_same(value, decoded) else find_difference(value, decoded, "result")
        except Exception as error:  # noqa: BLE001 -- a type's own code raises what it likes
            reason = _reason(value, error)
            raise StepResultError(f"the result of {what} cannot be stored: {reason}{self.hint}") from None
        if difference is not None:
            raise StepResultError(f"the result of {what} would not come back the same: {difference}{self.hint}")
        return encoded

    def decode(self, encoded: bytes) -> Any:
        """The value that `encoded` stands for."""
        return self.adapter.validator.validate_json(encoded)


def _reason(value: object, error: Exception) -> str:
    try:
        return find_unstorable(value, "result") or _first_lines(error)
    except RecursionError:
        return "result contains itself, or is nested too deeply"
    except Exception:  # noqa: BLE001 -- as above
        return _first_lines(error)


@functools.lru_cache(maxsize=4096)
def _codec(annotation: Any, hint: str = "") -> ValueCodec:
    try:
        adapter = _adapter(annotation)
    except PydanticUserError as error:
        if error.code == "schema-for-unknown-type":
            name = getattr(annotation, "__qualname__", repr(annotation))
            known = "return a pydantic model, a dataclass or plain values"
            reason = f"nothing says how {with_article(name)} is written as JSON; {known}"
        else:
            reason = _first_lines(error)
        raise StepResultError(reason) from None
    return ValueCodec(annotation, adapter, hint)


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(annotation, config=_CONFIG)
    except PydanticUserError as error:
        if error.code != "type-adapter-config-unused":
            raise
    return TypeAdapter(annotation)  # it has a configuration of its own


def codec_of_type(annotation: object) -> ValueCodec:
    """The codec of a declared type; None means that there is no value.

    Raises:
        StepResultError: pydantic cannot make a schema of it.
    """
    return _codec(type(None) if annotation is None else annotation)


def codec_of_callable(body: Callable[..., object]) -> ValueCodec:
    """The codec of what a step body returns, by its return annotation; JSON values where it has none."""
    if isinstance(body, FunctionType):
        return _codec_of_function(body)
    target = body
    while isinstance(target, functools.partial):
        target = target.func
    if isinstance(target, type):
        return codec_of_type(target)
    return _codec_of_function(target if inspect.isroutine(target) else type(target).__call__)


@functools.lru_cache(maxsize=4096)
def _codec_of_function(function: Callable[..., object]) -> ValueCodec:
    annotations = getattr(function, "__annotations__", {})
    if "return" not in annotations:
        return _codec(Any, _UNDECLARED)
    holder = SimpleNamespace(__annotations__={"return": annotations["return"]})
    try:
        returned = get_type_hints(holder, getattr(inspect.unwrap(function), "__globals__", {}), include_extras=True)[
            "return"
        ]
    except (NameError, TypeError, AttributeError) as error:
        return _codec(Any, f"; its return annotation cannot be read: {error}")
    if get_origin(returned) in {Awaitable, Coroutine}:
        returned = get_args(returned)[-1]
    says_nothing = returned is Any or returned is object or isinstance(returned, TypeVar)
    return _codec(returned, _UNDECLARED if says_nothing else "")


_PLAIN: Final = frozenset({str, int, bool, float, type(None)})


def fingerprint_of(*parts: object) -> str:
    """A short hash of what a command asks, the same in every process. Empty parts give the empty text."""
    if not any(parts):
        return ""
    return _digest([_canonical(part) for part in parts])


def fingerprint_of_call(args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """The same for the arguments of a call."""
    if not kwargs and _PLAIN.issuperset(map(type, args)):  # as most have
        return _digest((args, ())) if args else ""
    return fingerprint_of(args, kwargs)


def _digest(canonical: object) -> str:
    return blake2b(pydantic_core.to_json(canonical), digest_size=8).hexdigest()


def _canonical(value: object) -> object:
    """A JSON value that is equal for equal arguments: sets sorted, models by field, strangers by their type."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is dict and not value:
        return []
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


def _first_lines(error: Exception) -> str:
    """What is wrong, in short; pydantic's first line may only announce the second."""
    if isinstance(error, ValidationError):
        fault = error.errors(include_url=False, include_context=False)[0]
        path = "".join(f"[{part!r}]" for part in fault["loc"]).replace("['[key]']", " (the key)")
        return f"it could not be read back, result{path}: {fault['msg']}"
    lines = (str(error) or type(error).__name__).splitlines()
    return " ".join(line.strip() for line in lines[: 2 if lines[0].endswith(":") else 1])
