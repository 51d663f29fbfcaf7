"""One JSON Schema object, with an account of which keywords have been read: what nobody reads is reported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.exports.scalars import ANNOTATION
from surestep_codegen.imports.pointers import below
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue

__all__ = ["ABOUT", "BY_KIND", "STRUCTURE", "Keywords", "asserts"]

ABOUT: Final = frozenset({"title", "description", "default", "examples", "deprecated"})
"""Keywords that a spec can say, too; whoever gives the schema a place reads them."""

STRUCTURE: Final = frozenset({"$schema", "$id", "$defs", "definitions", "$comment", ANNOTATION})
"""Keywords that say nothing about values."""

_NUMBER: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_ARRAY: Final = (
    "items", "minItems", "maxItems", "uniqueItems", "prefixItems", "additionalItems", "contains", "minContains",
    "maxContains", "unevaluatedItems",
)  # fmt: skip
_OBJECT: Final = (
    "properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties",
    "propertyNames", "unevaluatedProperties", "dependentRequired", "dependentSchemas", "dependencies",
)  # fmt: skip
BY_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "integer": _NUMBER,
    "number": _NUMBER,
    "boolean": (),
    "null": (),
    "array": _ARRAY,
    "object": _OBJECT,
}
"""The keywords that look at values of one kind only."""

_ANY_KIND: Final = ("type", "$ref", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_ASSERTIONS: Final = frozenset({*_ANY_KIND, "$dynamicRef", *(key for keys in BY_KIND.values() for key in keys)})


def asserts(schema: Mapping[str, JsonValue]) -> bool:
    """Whether a schema refuses anything, as far as its keywords tell."""
    return not _ASSERTIONS.isdisjoint(schema)


@dataclass(frozen=True, slots=True)
class Keywords:
    """A schema object at a JSON pointer."""

    schema: Mapping[str, JsonValue]
    at: str
    remarks: Remarks
    read: set[str] = field(default_factory=set)

    def take(self, keyword: str) -> JsonValue:
        """The value of a keyword, which counts as read; None where it is not written."""
        self.read.add(keyword)
        return self.schema.get(keyword)

    def has(self, *keywords: str) -> bool:
        """Whether one of the keywords is written."""
        return any(keyword in self.schema for keyword in keywords)

    def number(self, keyword: str) -> int | float | None:
        """A number."""
        value = self.take(keyword)
        if keyword in self.schema and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ImportProblemError(f"`{keyword}` must be a number", self.at)
        return value if isinstance(value, int | float) else None

    def count(self, keyword: str) -> int | None:
        """A whole number from 0."""
        value = self.number(keyword)
        if value is not None and (value < 0 or value != int(value)):
            raise ImportProblemError(f"`{keyword}` must be a whole number from 0", self.at)
        return None if value is None else int(value)

    def text(self, keyword: str) -> str | None:
        """A text."""
        value = self.take(keyword)
        if keyword in self.schema and not isinstance(value, str):
            raise ImportProblemError(f"`{keyword}` must be a text", self.at)
        return value if isinstance(value, str) else None

    def mapping(self, keyword: str) -> dict[str, JsonValue]:
        """An object."""
        value = self.take(keyword)
        if keyword in self.schema and not isinstance(value, dict):
            raise ImportProblemError(f"`{keyword}` must be an object", self.at)
        return value if isinstance(value, dict) else {}

    def items(self, keyword: str) -> list[JsonValue]:
        """A list."""
        value = self.take(keyword)
        if keyword in self.schema and not isinstance(value, list):
            raise ImportProblemError(f"`{keyword}` must be a list", self.at)
        return value if isinstance(value, list) else []

    def lose(self, keyword: str, why: str) -> None:
        """A keyword is read, and cannot be carried over."""
        self.read.add(keyword)
        self.remarks.lose(below(self.at, keyword), keyword, why)

    def finish(self) -> None:
        """Report what has not been read."""
        for keyword in self.schema:
            if keyword in self.read or keyword in ABOUT or keyword in STRUCTURE:
                continue
            if keyword in _ASSERTIONS:
                self.remarks.lose(below(self.at, keyword), keyword, "no counterpart: left out, so more is accepted")
            elif not keyword.startswith("x-"):
                self.remarks.note(below(self.at, keyword), keyword, "says nothing about values: left out")
