"""Reads a catalogue, JSON or YAML, as plain values. Decides what input is accepted, nothing about what it means."""

import json
import math
from typing import Final, NoReturn

from surestep_codegen.imports.problem import ImportProblemError
from surestep_dsl.datatypes import JsonValue, Scalar, ScalarKind
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.limits import MAX_FILE_NODES, MAX_NESTING
from surestep_dsl.scalars import json_of
from surestep_dsl.source import decode_source, parse_source

__all__ = ["parse_catalogue"]

_YAML: Final = (".yaml", ".yml")


def parse_catalogue(file: str, content: bytes) -> dict[str, JsonValue]:
    """The value of a file; YAML by its suffix, else JSON.

    Raises:
        ImportProblemError: no single JSON or YAML mapping, double keys, or larger or deeper than a spec may be.
    """
    source = decode_source(file, content)
    if isinstance(source, Diagnostic):
        raise _explain(source)
    if not file.endswith(_YAML):
        value = _parse_json(source.text)
    else:
        parsed = parse_source(source)
        if parsed.diagnostics:
            raise _explain(parsed.diagnostics[0])
        value = None if parsed.root is None else json_of(parsed.root, Scalar(ScalarKind.JSON), {})
    _bound(value)
    if not isinstance(value, dict):
        raise ImportProblemError("the file must hold one object", hint="name the file *.yaml if it is YAML")
    return value


def _explain(found: Diagnostic) -> ImportProblemError:
    message = f"line {found.span.line}, column {found.span.column}: {found.message}"
    return ImportProblemError(message, hint=found.hint or "")


def _parse_json(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}, column {error.colno}: not valid JSON: {error.msg}"
        raise ImportProblemError(message, hint="name the file *.yaml if it is YAML") from None
    except ValueError as error:
        raise ImportProblemError(f"not valid JSON: {str(error).partition(';')[0]}") from None
    except RecursionError:
        raise _too_deep() from None
    return value


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ImportProblemError(f"the key `{double[:40]}` stands twice in one object")
    return found


def _no_number(text: str) -> NoReturn:
    raise ImportProblemError(f"{text} is no JSON")


def _bound(root: JsonValue) -> None:
    """Refuse what could not be written as a spec: too deep, too much, texts that are no Unicode, infinite numbers."""
    level, depth, count = [root], 0, 0
    while level:
        depth += 1
        count += len(level)
        if depth > MAX_NESTING:
            raise _too_deep()
        if count > MAX_FILE_NODES:
            raise ImportProblemError(f"more than {MAX_FILE_NODES:,} values in one file", hint="split the file")
        for value in level:
            _check_leaf(value)
        level = [inner for value in level for inner in _inside(value)]


def _inside(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _check_leaf(value: JsonValue) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ImportProblemError("a number is too large")
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ImportProblemError(f"a text holds half of a surrogate pair: {value[:40]!a}")


def _too_deep() -> ImportProblemError:
    return ImportProblemError(f"nested deeper than {MAX_NESTING} levels")
