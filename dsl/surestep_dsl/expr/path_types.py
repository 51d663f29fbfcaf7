"""Types along a path: what a field of a type is, and what facts leave of a type."""

from collections.abc import Mapping
from dataclasses import dataclass

from surestep_dsl.datatypes import Field, TypeDef
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
)
from surestep_dsl.expr.values import Kind

__all__ = ["Lookup", "contradicts", "item_type", "look_up", "possible_values", "refine"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What asking a type for a field gives.

    Attributes:
        type: the field's, absent where any of its shapes may lack it; None where no shape has it.
        fields: those found in objects, one for each shape that declares it.
        lacking: some object shapes have it and others do not.
        names: the fields that there are; only where `type` is None.
    """

    type: Type | None
    fields: tuple[Field, ...] = ()
    lacking: bool = False
    names: tuple[str, ...] = ()


def look_up(of: Type, name: str) -> Lookup:
    """The field `name` of an expanded type."""
    match of:
        case Type(shapes=(ObjectShape() as shape,), absent=False) if name in shape.by_name:
            field, found = shape.by_name[name]
            return Lookup(found, (field,))
        case _:
            return _look_up_any(of, name)


def _look_up_any(of: Type, name: str) -> Lookup:
    """The same for a type of several shapes."""
    kinds = of.kinds
    if Kind.DYN in kinds:
        return Lookup(Type(ANY.shapes, of.absent))
    objects = [shape for shape in of.shapes if isinstance(shape, ObjectShape)]
    found = [shape.by_name[name] for shape in objects if name in shape.by_name]
    values = [shape.values for shape in of.shapes if isinstance(shape, MapShape)]
    if not found and not values:
        return Lookup(None, names=tuple(known for shape in objects for known in shape.by_name))
    fields = tuple(field for field, _ in found)
    lacking = len(fields) < len(objects)
    joined = join_types((*(kind for _, kind in found), *values))
    absent = joined.absent or of.absent or lacking or bool(values) or Kind.NULL in kinds
    return Lookup(Type(joined.shapes, absent), fields, lacking)


def refine(of: Type, path: Path | None, facts: Facts, types: Mapping[str, TypeDef]) -> Type:
    """`of`, expanded, without what the facts about `path` and the fields below it exclude."""
    expanded = expand(of, types)
    if path is None or not facts:
        return expanded
    fact = facts.get(path)
    if fact is not None and fact.not_null:
        expanded = expanded.without_null()
    elif fact is not None and fact.present:
        expanded = Type(expanded.shapes)
    longer = len(path) + 1
    below = {known[-1]: about for known, about in facts.items() if len(known) == longer and known[:-1] == path}
    if not below:
        return expanded
    kept = tuple(shape for shape in expanded.shapes if not _excluded(shape, below, types))
    return Type(kept or expanded.shapes, expanded.absent)


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
    for name, fact in below.items():
        declared = shape.by_name.get(str(name))
        of = None if declared is None else expand(declared[1], types)
        if contradicts(of, fact):
            return True
    return False
