"""Texts and numbers of JSON Schema as scalars of the language."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Final

from surestep_codegen.exports.scalars import ANNOTATION, TEXT_KINDS, scalar_schema
from surestep_codegen.imports.keywords import ABOUT, Keywords
from surestep_codegen.patterns import from_ecma
from surestep_codegen.remarks import Remarks
from surestep_dsl.constraints import ORDER_BOUNDS, find_contradiction
from surestep_dsl.datatypes import NO_CONSTRAINTS, Constraints, JsonValue, Scalar, ScalarKind
from surestep_dsl.expr.patterns import searcher
from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER
from surestep_dsl.wire import wire_order

__all__ = ["own_scalar", "read_number", "read_string"]

_FORMATS: Final = {
    "date-time": (ScalarKind.DATETIME, "a date and time with an offset"),
    "date": (ScalarKind.DATE, "a date"),
    "time": (ScalarKind.TIME, "a time of day, whose offset may be left out here"),
    "duration": (ScalarKind.DURATION, "ISO 8601 without years and months, or units such as 1h30m"),
    "uuid": (ScalarKind.UUID, "a UUID"),
    "uri": (ScalarKind.URL, "a URL with `://` and a host"),
    "url": (ScalarKind.URL, "a URL with `://` and a host"),
    "email": (ScalarKind.EMAIL, "an address whose domain has a dot"),
}
_LENGTHS: Final = (ScalarKind.URL, ScalarKind.EMAIL)
_NAMES: Final = frozenset(field.name for field in fields(Constraints))


def own_scalar(schema: Mapping[str, JsonValue]) -> Scalar | None:
    """The scalar that our own export writes as exactly this schema; its annotation says what JSON Schema cannot."""
    pattern, annotation = schema.get("pattern"), schema.get(ANNOTATION, {})
    if not isinstance(annotation, dict) or not (isinstance(pattern, str) or "pattern" in annotation):
        return None
    bounds = {
        name: value for name, value in annotation.items() if name in _NAMES and isinstance(value, str | int | float)
    }
    bare = {keyword: value for keyword, value in schema.items() if keyword not in ABOUT}
    if bounds:
        bare[ANNOTATION] = dict(bounds)
    else:
        bare.pop(ANNOTATION, None)
    if "pattern" in bounds:
        lengths = {"min_length": schema.get("minLength"), "max_length": schema.get("maxLength")}
        bounds |= {name: value for name, value in lengths.items() if isinstance(value, int)}
    constraints = Constraints(**bounds)  # type: ignore[arg-type]
    for kind in (*TEXT_KINDS, ScalarKind.STRING):
        fits = all(wire_order(kind, bounds[name]) is not None for name in ORDER_BOUNDS if name in bounds)
        if fits and _writes(kind, constraints, bare):
            return Scalar(kind, constraints)
    return None


def _writes(kind: ScalarKind, constraints: Constraints, schema: Mapping[str, JsonValue]) -> bool:
    if kind is ScalarKind.STRING and constraints.pattern is None:
        return False
    try:
        return scalar_schema(kind, constraints, "", Remarks()) == schema
    except (KeyError, TypeError, ValueError):
        return False


def read_string(keys: Keywords) -> Scalar:
    """A text; a format that the language has a type for becomes that type."""
    lengths = Constraints(min_length=keys.count("minLength"), max_length=keys.count("maxLength"))
    pattern = _read_pattern(keys)
    form = keys.text("format")
    kind, meaning = _FORMATS.get(form or "", (ScalarKind.STRING, ""))
    if keys.take("contentEncoding") == "base64" and not form and lengths == NO_CONSTRAINTS and pattern is None:
        kind, meaning, form = ScalarKind.BYTES, "base64 with its padding", "base64"
    if form and kind is ScalarKind.STRING:
        keys.lose("format", f"there is no type for `{form}`: any text is accepted")
    elif pattern is not None and kind is not ScalarKind.STRING:
        keys.lose("format", f"`{kind}` can have no pattern: a string with the pattern, without the format")
        kind = ScalarKind.STRING
    elif kind not in (ScalarKind.STRING, *_LENGTHS) and lengths != NO_CONSTRAINTS:
        keys.lose("format", f"`{kind}` can have no length: a string with the length, without the format")
        kind = ScalarKind.STRING
    elif form and kind is not ScalarKind.STRING:
        keys.remarks.note(keys.at, str(form), f"the type `{kind}`, which is {meaning}")
    constraints = Constraints(min_length=lengths.min_length, max_length=lengths.max_length, pattern=pattern)
    return _possible(Scalar(kind, constraints), keys)


def _read_pattern(keys: Keywords) -> str | None:
    pattern = keys.text("pattern")
    if pattern is None:
        return None
    translation = from_ecma(pattern)
    if translation.pattern is None:
        keys.lose("pattern", f"{translation.difference}: left out, so more is accepted")
        return None
    try:
        searcher(translation.pattern)
    except EvaluationError as error:
        keys.lose("pattern", f"{error}: left out, so more is accepted")
        return None
    if translation.difference:
        keys.remarks.note(keys.at, pattern, translation.difference)
    return translation.pattern


def read_number(kind: ScalarKind, keys: Keywords) -> Scalar:
    """A number or an integer with its bounds."""
    constraints = Constraints(
        min=keys.number("minimum"),
        max=keys.number("maximum"),
        exclusive_min=keys.number("exclusiveMinimum"),
        exclusive_max=keys.number("exclusiveMaximum"),
        multiple_of=keys.number("multipleOf"),
    )
    if kind is ScalarKind.INTEGER:
        constraints = _within_64_bits(constraints, keys.remarks)
    return _possible(Scalar(kind, constraints), keys)


def _possible(scalar: Scalar, keys: Keywords) -> Scalar:
    """The scalar, without bounds that nothing satisfies."""
    problem = find_contradiction(scalar.kind, scalar.constraints)
    if problem is None:
        return scalar
    keys.remarks.lose(keys.at, "bounds", f"{problem}: left out, so more is accepted")
    return Scalar(scalar.kind)


def _within_64_bits(constraints: Constraints, remarks: Remarks) -> Constraints:
    """The bounds, without those that every integer of the language has."""
    lows = [bound for bound in (constraints.min, constraints.exclusive_min) if isinstance(bound, int | float)]
    highs = [bound for bound in (constraints.max, constraints.exclusive_max) if isinstance(bound, int | float)]
    if not any(low >= MIN_INTEGER for low in lows) or not any(high <= MAX_INTEGER for high in highs):
        remarks.note("#", "integer", "integers have at most 64 bits here")
    low, high = constraints.min, constraints.max
    return replace(constraints, min=None if low == MIN_INTEGER else low, max=None if high == MAX_INTEGER else high)
