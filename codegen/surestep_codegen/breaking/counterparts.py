"""Which member of a union has taken the place of a member of another, where no name says so."""

from typing import TypeAlias

from surestep_codegen.breaking.sides import Alternative
from surestep_dsl.datatypes import EnumOf, ObjectOf, Scalar

__all__ = ["find_counterpart"]

_Tag: TypeAlias = tuple[str, str]


def find_counterpart(one: Alternative, given: list[Alternative], wanted: list[Alternative]) -> int | None:
    """The position in `wanted` of what `one` of `given` is best compared with, or None.

    By a tag in common; else by being the only one of its kind on both sides; else by being the only one but null.
    """
    tagged = [at for at, other in enumerate(wanted) if _tags(one) & _tags(other)]
    if len(tagged) == 1:
        return tagged[0]
    alike = [at for at, other in enumerate(wanted) if _kind(other) == _kind(one)]
    if len(alike) == 1 and sum(_kind(other) == _kind(one) for other in given) == 1:
        return alike[0]
    others = [at for at, other in enumerate(wanted) if not other.is_null]
    alone = not one.is_null and sum(not other.is_null for other in given) == 1
    return others[0] if alone and len(others) == 1 else None


def _kind(one: Alternative) -> str:
    return one.type.kind.value if isinstance(one.type, Scalar) else type(one.type).__name__


def _tags(one: Alternative) -> frozenset[_Tag]:
    """Fields that can have one value only, with that value."""
    fields = one.type.fields if isinstance(one.type, ObjectOf) else ()
    return frozenset(
        (field.name, str(field.type.values[0]))
        for field in fields
        if isinstance(field.type, EnumOf) and len(field.type.values) == 1
    )
