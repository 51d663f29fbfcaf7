"""Schemas without `allOf`: one object of keywords, or a bare reference that can become a name."""

from collections.abc import Iterator, Mapping
from typing import Final

from surestep_codegen.imports.keywords import ABOUT, asserts
from surestep_codegen.imports.merging import merge
from surestep_codegen.imports.pointers import References, below
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.limits import MAX_NESTING

__all__ = ["flatten"]

_MAX_PARTS = 1_000
"""Parts of one `allOf`, those of its parts included: they can double at every level."""


_SEEN_TOO: Final = frozenset({"anyOf", "oneOf", "if", "patternProperties", "dependentSchemas", "additionalProperties"})


def flatten(schema: Mapping[str, JsonValue], at: str, references: References, remarks: Remarks) -> dict[str, JsonValue]:
    """The same schema with at most a `$ref` that has no assertions beside it."""
    if "$ref" not in schema and "allOf" not in schema:
        return dict(schema)
    if (bare := _bare_reference(schema)) is not None:
        return bare
    merged: dict[str, JsonValue] = {}
    closes = schema.get("unevaluatedProperties") is False
    whole = {keyword: value for keyword, value in schema.items() if not closes or keyword != "unevaluatedProperties"}
    for number, (part, place) in enumerate(_parts(whole, at, references, remarks, ())):
        if number > _MAX_PARTS:
            raise ImportProblemError("`allOf` has too many parts", at)
        both = merge(merged, part)
        if both is None:
            remarks.lose(place, "allOf", "cannot be joined with the parts before it: left out, so more is accepted")
        else:
            merged = both
    if closes:  # beside `allOf` it sees what all parts name; once they are one, that is what other words say
        merged["unevaluatedProperties" if merged.keys() & _SEEN_TOO else "additionalProperties"] = False
    return merged


def _bare_reference(schema: Mapping[str, JsonValue]) -> dict[str, JsonValue] | None:
    """`{$ref}`, or `{allOf: [{$ref}]}`, with nothing but words beside it."""
    rest = {keyword: value for keyword, value in schema.items() if keyword not in ("$ref", "allOf")}
    members = schema.get("allOf", [])
    if asserts(rest) or not isinstance(members, list):
        return None
    asserting = [member for member in members if member is not True and member != {}]
    if "$ref" in schema:
        asserting.append({"$ref": schema["$ref"]})
    only = asserting[0] if len(asserting) == 1 else None
    if isinstance(only, dict) and "$ref" in only and not only.keys() - {"$ref"} - ABOUT:
        return {**only, **rest}
    return None


def _parts(
    schema: JsonValue, at: str, references: References, remarks: Remarks, seen: tuple[str, ...], depth: int = 0
) -> Iterator[tuple[dict[str, JsonValue], str]]:
    """The schema and all that it refers to or joins, each without `$ref` and `allOf`, with its place."""
    if schema is False:
        remarks.lose(at, "false", "nothing is accepted there: left out, so more is accepted")
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        raise ImportProblemError("a schema must be an object, true or false", at)
    if depth > MAX_NESTING:
        raise ImportProblemError(f"`allOf` is nested deeper than {MAX_NESTING} levels once references are followed", at)
    yield {keyword: value for keyword, value in schema.items() if keyword not in ("$ref", "allOf")}, at
    if "$ref" in schema:
        pointer = references.pointer(schema["$ref"], at)
        if pointer in seen:
            raise ImportProblemError("references lead in a circle", pointer)
        target = references.find(pointer, at)
        yield from _parts(target, pointer, references, remarks, (*seen, pointer), depth + 1)
    members = schema.get("allOf", [])
    if not isinstance(members, list):
        raise ImportProblemError("`allOf` must be a list", at)
    for number, member in enumerate(members):
        yield from _parts(member, below(at, "allOf", number), references, remarks, seen, depth + 1)
