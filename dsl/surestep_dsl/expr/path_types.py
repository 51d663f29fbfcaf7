"""Types along a path: what a field of a type is, and what facts leave of a type."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from surestep_dsl.datatypes import NO_DEFAULT, Field, TypeDef
from surestep_dsl.expr.facts import Fact, Facts, Path
from surestep_dsl.expr.static_types import (
    ANY,
    Choice,
    ListShape,
    MapShape,
    ObjectShape,
    Shape,
    Type,
    expand,
    join_types,
    static_type,
)
from surestep_dsl.expr.values import Kind

__all__ = ["Lookup", "contradicts", "item_type", "look_up", "may_be_absent", "possible_values", "refine"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What asking a type for a field gives.

    Attributes:
        type: the field's, absent where any of its shapes may lack it; None where no shape has it.
        fields: those found in objects, one for each shape that declares it.
        lacking: some object shapes have it and others do not.
        names: the fields that there are.
    """

    type: Type | None
    fields: tuple[Field, ...] = ()
    lacking: bool = False
    names: tuple[str, ...] = ()


def look_up(of: Type, name: str) -> Lookup:
    """The field `name` of an expanded type."""
    if Kind.DYN in of.kinds:
        return Lookup(replace(ANY, absent=of.absent))
    objects = [shape for shape in of.shapes if isinstance(shape, ObjectShape)]
    fields = tuple(field for shape in objects for field in shape.fields if field.name == name)
    values = [shape.values for shape in of.shapes if isinstance(shape, MapShape)]
    names = tuple(field.name for shape in objects for field in shape.fields)
    if not fields and not values:
        return Lookup(None, names=names)
    lacking = len(fields) < len(objects)
    found = join_types((*(static_type(field.type) for field in fields), *values))
    optional = any(may_be_absent(field) for field in fields)
    absent = of.absent or optional or lacking or bool(values) or Kind.NULL in of.kinds
    return Lookup(replace(found, absent=absent), fields, lacking, names)


def may_be_absent(field: Field) -> bool:
    """Whether expressions can meet an object without the field; defaults are filled in before them."""
    return field.optional and field.default is NO_DEFAULT


def refine(of: Type, path: Path | None, facts: Facts, types: Mapping[str, TypeDef]) -> Type:
    """`of`, expanded, without what the facts about `path` and the fields below it exclude."""
    expanded = expand(of, types)
    if path is None or not facts:
        return expanded
    fact = facts.get(path, Fact())
    if fact.not_null:
        expanded = expanded.without_null()
    elif fact.present:
        expanded = replace(expanded, absent=False)
    below = {known[-1]: about for known, about in facts.items() if known[:-1] == path}
    kept = tuple(shape for shape in expanded.shapes if not _excluded(shape, below, types))
    return replace(expanded, shapes=kept or expanded.shapes)


def contradicts(of: Type | None, fact: Fact) -> bool:
    """Whether a value of this type, None where there is no such field, can never be as the fact says."""
    if of is None:
        return fact.present
    if fact.lacking and not of.absent:
        return True
    possible = possible_values(of)
    if possible is None:
        return False
    return (fact.values is not None and not possible & fact.values) or (
        Kind.NULL not in of.kinds and not of.absent and possible <= fact.excluded
    )


def possible_values(of: Type) -> frozenset[object] | None:
    """All values besides null that an expanded type allows, None where they are not listed."""
    choices = [shape for shape in of.without_null().shapes if isinstance(shape, Choice)]
    if not choices or len(choices) < len(of.without_null().shapes):
        return None
    return frozenset(value for choice in choices for value in choice.values)


def item_type(of: Type) -> Type:
    """What the items of the lists among the shapes are."""
    return join_types(shape.items for shape in of.shapes if isinstance(shape, ListShape))


def _excluded(shape: Shape, below: Mapping[str | int, Fact], types: Mapping[str, TypeDef]) -> bool:
    if not isinstance(shape, ObjectShape):
        return False
    declared = {field.name: field for field in shape.fields}
    for name, fact in below.items():
        field = declared.get(str(name))
        of = None if field is None else replace(expand(static_type(field.type), types), absent=may_be_absent(field))
        if contradicts(of, fact):
            return True
    return False
