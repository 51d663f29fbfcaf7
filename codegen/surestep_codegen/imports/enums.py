"""`enum` and `const` of JSON Schema: values of several kinds, null among them, as enums and unions of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from surestep_codegen.imports.keywords import ABOUT, STRUCTURE, Keywords
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import DataType, EnumOf, JsonValue, Scalar, ScalarKind

__all__ = ["Constants", "described_constants", "enum_members", "possible_values"]


@dataclass(frozen=True, slots=True)
class Constants:
    """Values with what is said about each."""

    values: list[JsonValue]
    descriptions: Mapping[str, str] = field(default_factory=dict)


def described_constants(schema: Mapping[str, JsonValue]) -> Constants | None:
    """The values of `{oneOf: [{const: a, description: ...}, ...]}`, where it is nothing else."""
    choices = schema.get("oneOf")
    if not isinstance(choices, list) or not choices or schema.keys() - {"oneOf", "type"} - ABOUT - STRUCTURE:
        return None
    values: list[JsonValue] = []
    descriptions: dict[str, str] = {}
    for choice in choices:
        if not isinstance(choice, dict) or "const" not in choice or choice.keys() - {"const"} - ABOUT:
            return None
        value = choice["const"]
        if value in values:
            return None
        values.append(value)
        about = choice.get("description", choice.get("title"))
        if isinstance(about, str):
            descriptions[str(value)] = about
    return Constants(values, descriptions)


def possible_values(keys: Keywords) -> list[JsonValue]:
    """The values of `enum` and `const` of a schema that has one of them; both at once leave what both name."""
    if not keys.has("enum"):
        return [keys.take("const")]
    values = keys.items("enum")
    if keys.has("const"):
        constant = keys.take("const")
        return [value for value in values if value == constant]
    return values


def enum_members(values: Sequence[JsonValue], base: DataType, keys: Keywords) -> list[DataType]:
    """The types of a list of values, those left out that `base` refuses anyhow."""
    fitting = [value for value in values if find_refusal(value, base, {}) is None]
    if not fitting:
        keys.remarks.lose(keys.at, "enum", "no value is possible: read as json")
        return [Scalar(ScalarKind.JSON)]
    if any(isinstance(value, dict | list) for value in fitting):
        keys.remarks.lose(keys.at, "enum", "lists and objects cannot be values of an enum: read as json")
        return [Scalar(ScalarKind.JSON)]
    members: list[DataType] = []
    texts = dict.fromkeys(value for value in fitting if isinstance(value, str))
    if texts:
        members.append(EnumOf(tuple(texts)))
    members.extend(_numbers(fitting))
    booleans = {value for value in fitting if isinstance(value, bool)}
    if len(booleans) == 1:
        keys.remarks.lose(keys.at, "enum", "a boolean cannot be narrowed: true and false are accepted")
    if booleans:
        members.append(Scalar(ScalarKind.BOOLEAN))
    if None in fitting:
        members.append(Scalar(ScalarKind.NULL))
    return members


def _numbers(values: Sequence[JsonValue]) -> list[EnumOf]:
    """Whole numbers, or numbers; `1.0` is `1` in JSON Schema. Both only where a double cannot hold a whole number."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    whole = tuple(dict.fromkeys(int(value) for value in numbers if value == int(value)))
    fractions = tuple(dict.fromkeys(float(value) for value in numbers if value != int(value)))
    if fractions and all(float(value) == value for value in whole):
        return [EnumOf(tuple(dict.fromkeys(float(value) for value in numbers)))]
    return [kind for kind in (EnumOf(whole), EnumOf(fractions)) if kind.values]
