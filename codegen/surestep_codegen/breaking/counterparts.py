"""Which member of a union has taken the place of a member of another, where no name says so."""

from collections import Counter, defaultdict
from typing import Final, TypeAlias

from surestep_codegen.breaking.sides import Alternative
from surestep_dsl.datatypes import EnumOf, ObjectOf, Scalar, ScalarKind

__all__ = ["Counterparts"]

_NULL: Final = ScalarKind.NULL.value
_Tag: TypeAlias = tuple[str, str]


class Counterparts:
    """Finds what a member of `given` is best compared with; answers are positions in `wanted`."""

    def __init__(self, given: list[Alternative], wanted: list[Alternative]) -> None:
        self._given = Counter(map(_kind, given))
        self._wanted = [_kind(one) for one in wanted]
        self._tagged: dict[_Tag, set[int]] = defaultdict(set)
        for at, one in enumerate(wanted):
            for tag in _tags(one):
                self._tagged[tag].add(at)

    def by_tag(self, one: Alternative) -> int | None:
        """The only one with a field that has the same single value."""
        found = set[int]().union(*(self._tagged.get(tag, ()) for tag in _tags(one)))
        return found.pop() if len(found) == 1 else None

    def by_kind(self, one: Alternative) -> int | None:
        """The only one of its kind on both sides; else, where it is the only one but null, the only one but null."""
        kind = _kind(one)
        if self._given[kind] == self._wanted.count(kind) == 1:
            return self._wanted.index(kind)
        others = [at for at, other in enumerate(self._wanted) if other != _NULL]
        is_alone = kind != _NULL and self._given.total() - self._given[_NULL] == 1
        return others[0] if is_alone and len(others) == 1 else None


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
