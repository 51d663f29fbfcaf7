"""Tagged unions: the tag must tell the members apart."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.datatypes import DataType, EnumDef, EnumOf, Named, ObjectDef, TaggedUnionDef
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECK"]


def find_bad_tagged_unions(view: View) -> Iterator[Diagnostic]:
    """Each member of a tagged union is an object with the tag as a required enum of texts, its values disjoint.

    Payment: {union: {on: kind, of: [Card, Bank]}}
    Card: {fields: {kind: "enum[card]", last4: string}}
    Bank: {fields: {kind: "enum[bank]", iban: string}}
    """
    for name, union in view.project.types.items():
        if isinstance(union, TaggedUnionDef):
            yield from _judge_union(view, name, union)


def _judge_union(view: View, name: str, union: TaggedUnionDef) -> Iterator[Diagnostic]:
    owner: dict[str, str] = {}
    for at, member in enumerate(union.members):
        path = ("types", name, "union", "of", at)
        if member not in view.project.types:
            continue
        values = _tag_values(view, member, union.on)
        if isinstance(values, str):
            hint = f"write {union.on}: enum[{member.lower()}]"
            yield view.find("T111", f"`{member}` {values}", path, hint)
            continue
        for value in values:
            if value in owner:
                message = f"`{owner[value]}` and `{member}` both have `{union.on}: {value}`"
                yield view.find("T111", message, path, "each member needs values of its own")
            owner[value] = member


def _tag_values(view: View, member: str, tag: str) -> tuple[str, ...] | str:
    """The values of a member's tag, or why it cannot be a member."""
    definition = view.project.types[member]
    if not isinstance(definition, ObjectDef):
        return "is not an object, so it cannot be a member of a tagged union"
    field = next((field for field in definition.fields if field.name == tag), None)
    if field is None:
        return f"has no field `{tag}`"
    if field.optional:
        return f"needs the field `{tag}` always, so it must not be optional"
    values = tuple(value for value in _enum_values(view, field.type) if isinstance(value, str))
    return values or f"needs the field `{tag}` as an enum of texts"


def _enum_values(view: View, data_type: DataType) -> tuple[str | int | float, ...]:
    if isinstance(data_type, EnumOf):
        return data_type.values
    definition = view.project.types.get(data_type.name) if isinstance(data_type, Named) else None
    return definition.values if isinstance(definition, EnumDef) else ()


_UNION: Final = "types:\n  Pay: {union: {on: kind, of: [Card, Bank]}}\n  Card: {fields: {kind: 'enum[card]'}}\n  Bank: "

CHECK: Final = Check(
    codes=("T111",),
    find=find_bad_tagged_unions,
    valid=(
        f"{_UNION}{{fields: {{kind: 'enum[bank, iban]'}}}}",
        f"{_UNION}{{fields: {{kind: Kind}}}}\n  Kind: enum[bank]",
    ),
    invalid=(
        (f"{_UNION}string", "T111"),
        (f"{_UNION}{{fields: {{}}}}", "T111"),
        (f"{_UNION}{{fields: {{kind: string}}}}", "T111"),
        (f"{_UNION}{{fields: {{kind?: 'enum[bank]'}}}}", "T111"),
        (f"{_UNION}{{fields: {{kind: 'enum[1]'}}}}", "T111"),
        (f"{_UNION}{{fields: {{kind: 'enum[bank, card]'}}}}", "T111"),
    ),
)
