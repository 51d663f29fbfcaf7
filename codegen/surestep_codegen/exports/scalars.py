"""JSON Schema of each scalar: its wire form as a pattern, `format` as a hint to tools, and the bounds that can be said.

By the rules of 2020-12 `format` refuses nothing, so the patterns say what the wire accepts; only the calendar
(31 February) is left to `format`. What JSON Schema cannot say stands in the annotation `x-surestep`.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from surestep_codegen.patterns import to_ecma
from surestep_codegen.remarks import Remarks
from surestep_dsl.constraints import stated
from surestep_dsl.datatypes import Constraints, JsonValue, ScalarKind
from surestep_dsl.limits import MAX_INTEGER, MIN_INTEGER
from surestep_dsl.scalars import read_number

__all__ = ["ANNOTATION", "KEYWORDS", "TEXT_KINDS", "Schema", "scalar_schema"]

Schema: TypeAlias = dict[str, JsonValue]

ANNOTATION: Final = "x-surestep"
"""The one keyword of ours; validators ignore it."""

_CLOCK: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_OFFSET: Final = r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_DAY: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_NUMBER: Final = "[0-9]{1,18}"
_UNITS: Final = "".join(f"(?:{_NUMBER}{unit})?" for unit in ("w", "d", "h", "m", "s", "ms"))
_ISO_TIME: Final = f"T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?"
_ISO: Final = f"P(?:{_NUMBER}W|(?=[0-9]|T[0-9])(?:{_NUMBER}D)?(?:{_ISO_TIME})?)"

_FORMS: Final[Mapping[ScalarKind, Mapping[str, JsonValue]]] = {
    ScalarKind.STRING: {"type": "string"},
    ScalarKind.INTEGER: {"type": "integer", "minimum": MIN_INTEGER, "maximum": MAX_INTEGER},
    ScalarKind.NUMBER: {"type": "number"},
    ScalarKind.BOOLEAN: {"type": "boolean"},
    ScalarKind.NULL: {"type": "null"},
    ScalarKind.JSON: {},
    ScalarKind.DATETIME: {"type": "string", "format": "date-time", "pattern": f"^{_DAY}[Tt ]{_CLOCK}{_OFFSET}$"},
    ScalarKind.DATE: {"type": "string", "format": "date", "pattern": f"^{_DAY}$"},
    # no `format: time`: that wants an offset
    ScalarKind.TIME: {"type": "string", "pattern": f"^{_CLOCK}{_OFFSET}?$"},
    # no `format: duration`: that knows ISO 8601 only
    ScalarKind.DURATION: {"type": "string", "pattern": f"^(?:(?=[0-9]){_UNITS}|{_ISO})$"},
    ScalarKind.UUID: {
        "type": "string", "format": "uuid", "pattern": "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
    },
    ScalarKind.DECIMAL: {
        "type": ["string", "number"],
        "pattern": r"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?$",
    },
    ScalarKind.BYTES: {
        "type": "string",
        "contentEncoding": "base64",
        "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    },
    ScalarKind.URL: {"type": "string", "format": "uri", "pattern": r"^[a-zA-Z][a-zA-Z0-9+.\-]*://[^\s/?#]+\S*$"},
    ScalarKind.EMAIL: {"type": "string", "format": "email", "pattern": r"^[^\s@]+@[^\s@]+\.[^\s@.]+$"},
}  # fmt: skip
TEXT_KINDS: Final = tuple(kind for kind, form in _FORMS.items() if "pattern" in form)
"""Kinds that are told apart by the pattern of their wire form."""

KEYWORDS: Final[Mapping[str, str]] = {
    "min": "minimum",
    "max": "maximum",
    "exclusive_min": "exclusiveMinimum",
    "exclusive_max": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
}
"""What JSON Schema calls constraints of scalars."""

_WHY: Final = "JSON Schema has no word for it: kept as an annotation, validators do not check it"


def scalar_schema(kind: ScalarKind, constraints: Constraints, pointer: str, remarks: Remarks) -> Schema:
    """The schema of a scalar with its constraints."""
    schema = dict(_FORMS[kind])
    match kind:
        case ScalarKind.DATETIME | ScalarKind.DATE | ScalarKind.TIME | ScalarKind.DURATION:
            _annotate(schema, constraints, pointer, remarks)
        case ScalarKind.DECIMAL:
            _annotate(schema, constraints, pointer, remarks)
            schema |= {KEYWORDS[name]: read_number(str(value)) for name, value in stated(constraints).items()}
        case ScalarKind.BYTES:
            _annotate(schema, constraints, pointer, Remarks())
            schema |= _byte_lengths(constraints)
        case ScalarKind.INTEGER:
            schema |= _integer_bounds(constraints)
        case _:
            bounds = stated(constraints)
            pattern = bounds.pop("pattern", None)
            schema |= {KEYWORDS[name]: value for name, value in bounds.items()}
            if isinstance(pattern, str):
                _add_pattern(schema, pattern, pointer, remarks)
    return schema


def _annotate(schema: Schema, constraints: Constraints, pointer: str, remarks: Remarks) -> None:
    bounds: dict[str, JsonValue] = dict(stated(constraints))
    if bounds:
        schema[ANNOTATION] = bounds
    for name, value in bounds.items():
        of_texts = " of texts" if isinstance(schema["type"], list) else ""
        remarks.lose(pointer, f"{name}: {value}{of_texts}", _WHY)


def _integer_bounds(constraints: Constraints) -> Schema:
    """The bounds stated, and 64 bits where none is tighter."""
    bounds: Schema = {KEYWORDS[name]: value for name, value in stated(constraints).items()}
    for keyword, limit in (("minimum", MIN_INTEGER), ("maximum", MAX_INTEGER)):
        value = bounds.get(keyword, limit)
        if isinstance(value, int | float):
            bounds[keyword] = max(value, limit) if keyword == "minimum" else min(value, limit)
    return bounds


def _add_pattern(schema: Schema, pattern: str, pointer: str, remarks: Remarks) -> None:
    translation = to_ecma(pattern)
    if translation.pattern is not None:
        schema["pattern"] = translation.pattern
    if translation.pattern != pattern:
        schema[ANNOTATION] = {"pattern": pattern}
    if translation.pattern is None:
        remarks.lose(pointer, f"pattern: {pattern}", f"{translation.difference}: kept as an annotation")
    elif translation.difference:
        remarks.lose(pointer, f"pattern: {pattern}", translation.difference)


def _byte_lengths(constraints: Constraints) -> Schema:
    """Bounds on bytes as bounds on base64: four characters for three bytes, `=` where the last three are not full."""
    parts: list[JsonValue] = []
    if constraints.min_length:
        fours = 4 * -(-constraints.min_length // 3)
        padding = {0: "=$", 2: "==$"}.get(constraints.min_length % 3)  # what the last four characters must not have
        least: Schema = {"minLength": fours}
        more: Schema = {"minLength": fours + 4}
        parts.append({"anyOf": [more, least | {"not": {"pattern": padding}}]} if padding else least)
    if constraints.max_length is not None:
        threes, rest = divmod(constraints.max_length, 3)
        full: Schema = {"maxLength": 4 * threes}
        longest: Schema = {"maxLength": 4 * threes + 4, "pattern": "==$" if rest == 1 else "=$"}
        parts.append({"anyOf": [full, longest]} if rest else full)
    return {"allOf": parts} if parts else {}
