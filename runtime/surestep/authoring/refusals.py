"""Why an event was refused, in plain sentences: each with the path on the wire, none with a value, which may be secret.

pydantic's own places also name members of unions, and its sentences speak of inputs, models and parsing.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Final, TypeAlias, get_args

from pydantic import BaseModel, JsonValue, ValidationError

from surestep.errors import Fault
from surestep_dsl.duration import format_duration
from surestep_dsl.nearest import did_you_mean

__all__ = ["find_faults"]

_Path: TypeAlias = tuple[str | int, ...]
_Facts: TypeAlias = Mapping[str, Any]

_KINDS: Final = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
}
"""What is wanted, by the beginning of the type of pydantic's error."""

_MAKERS: Final[Mapping[str, Callable[..., object]]] = {
    "Decimal": Decimal,
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
    "timezone": timezone,
}

_SENTENCES: Final[Mapping[str, Callable[[_Facts], str]]] = {
    "missing": lambda _: "the field is missing",
    "extra_forbidden": lambda _: "there is no such field",
    "none_required": lambda _: "must be null",
    "finite_number": lambda _: "must be a finite number",
    "int_from_float": lambda _: "must be a whole number",
    "int_parsing_size": lambda _: "must be a whole number of at most 64 bits",
    "literal_error": lambda facts: f"must be {facts['expected']}",
    "enum": lambda facts: f"must be {facts['expected']}",
    "greater_than_equal": lambda facts: f"must be at least {_wire(facts['ge'])}",
    "greater_than": lambda facts: f"must be more than {_wire(facts['gt'])}",
    "less_than_equal": lambda facts: f"must be at most {_wire(facts['le'])}",
    "less_than": lambda facts: f"must be less than {_wire(facts['lt'])}",
    "multiple_of": lambda facts: f"must be a multiple of {_wire(facts['multiple_of'])}",
    "string_too_short": lambda facts: f"must have at least {_count(facts['min_length'], 'character')}",
    "string_too_long": lambda facts: f"must have at most {_count(facts['max_length'], 'character')}",
    "too_short": lambda facts: f"must have at least {_count(facts['min_length'], 'item')}",
    "too_long": lambda facts: f"must have at most {_count(facts['max_length'], 'item')}",
    "string_pattern_mismatch": lambda facts: f"must match the pattern {facts['pattern']}",
    "union_tag_not_found": lambda facts: f"the field {facts['discriminator']} is missing",
    "union_tag_invalid": lambda facts: f"{facts['discriminator']} must be one of {facts['expected_tags']}",
}


@dataclass(frozen=True, slots=True)
class _Found:
    """One of pydantic's errors; `unions` are the paths at which it entered a union, each with the member tried."""

    path: _Path
    message: str
    unions: tuple[tuple[_Path, str], ...]


def find_faults(error: ValidationError, event_class: type[BaseModel], event: JsonValue) -> Iterator[Fault]:
    """What is wrong with an event, in order of the fields; a value that fits no member of a union is one fault.

    Args:
        error: what validating the event raised.
        event_class: the class that refused it.
        event: the whole event.
    """
    found = [_read(one, event_class, event) for one in error.errors(include_url=False)]
    tried: dict[_Path, set[str]] = {}
    for one in found:
        for path, member in one.unions:
            tried.setdefault(path, set()).add(member)
    told: dict[tuple[_Path, str], None] = {}
    for one in found:
        unfit = next((path for path, _ in one.unions if len(tried[path]) > 1), None)
        told[(one.path, one.message) if unfit is None else (unfit, "fits none of the types that may stand here")] = None
    return (Fault(_spell(path), message) for path, message in told)


def _read(one: Any, event_class: type[BaseModel], event: JsonValue) -> _Found:
    """One error with its path; of pydantic's place, what the event does not have names a member of a union."""
    kind, place = str(one["type"]), tuple(one["loc"])
    is_about_name = kind in {"missing", "extra_forbidden"}
    inner = place[:-1] if is_about_name else place
    path: _Path = ()
    unions: list[tuple[_Path, str]] = []
    value = event
    for part in inner:
        match value, part:
            case dict(), str() if part in value:
                path, value = (*path, part), value[part]
            case list(), int() if part < len(value):
                path, value = (*path, part), value[part]
            case _:
                unions.append((path, str(part)))
    if is_about_name:
        path = (*path, place[-1])
    message = _sentence(kind, one)
    if kind == "extra_forbidden" and (guess := did_you_mean(str(place[-1]), _names_at(event_class, path[:-1]))):
        message = f"{message}; {guess}"
    return _Found(path, message, tuple(unions))


def _sentence(kind: str, one: Any) -> str:
    if kind in _SENTENCES:
        return _SENTENCES[kind](one.get("ctx", {}))
    wanted = _KINDS.get(kind.partition("_")[0])
    if wanted and kind.endswith(("_type", "_parsing")):
        found = _json_kind(one["input"])
        return f"must be {wanted}" if wanted.endswith(found.removeprefix("a ")) else f"must be {wanted}, not {found}"
    message = str(one["msg"])
    return f"must {message.removeprefix('Input should ')}" if message.startswith("Input should ") else message


def _json_kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _names_at(event_class: type[BaseModel], path: _Path) -> list[str]:
    """The wire names of the fields of the object at a path; keys of maps and places in lists lead nowhere else."""
    models = [event_class]
    for part in path:
        fields = [field.annotation for model in models for name, field in _fields(model) if name == part]
        if fields:
            models = [model for annotation in fields for model in _models(annotation)]
    return [name for model in models for name, _ in _fields(model)]


def _fields(model: type[BaseModel]) -> Iterable[tuple[str, Any]]:
    return ((field.alias or name, field) for name, field in model.model_fields.items())


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The classes of objects that a type mentions; those of a named type that mentions itself are left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _wire(bound: object) -> str:
    """A bound as the spec spells it; of those that are no numbers pydantic tells what Python code would make them."""
    if isinstance(bound, str) and bound.endswith(")"):
        bound = _evaluate(ast.parse(bound, mode="eval").body)
    match bound:
        case timedelta():
            return format_duration(bound // timedelta(milliseconds=1))
        case date() | time():
            text = bound.isoformat()
            return f"{text[:-6]}Z" if text.endswith("+00:00") else text
        case _:
            return str(bound)


def _evaluate(node: ast.expr) -> Any:
    """The value of code such as `datetime.timedelta(seconds=1)`."""
    match node:
        case ast.Call(ast.Name(name) | ast.Attribute(_, name), arguments, keywords):
            given = {str(keyword.arg): _evaluate(keyword.value) for keyword in keywords}
            return _MAKERS[name](*map(_evaluate, arguments), **given)
        case ast.Attribute(_, "utc"):
            return UTC
        case _:
            return ast.literal_eval(node)


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _spell(path: _Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
