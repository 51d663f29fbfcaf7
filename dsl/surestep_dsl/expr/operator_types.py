"""Which kinds fit which operators, what comes out, and how to mend what does not fit."""

from itertools import product
from typing import Final

from surestep_dsl.expr.values import Kind

__all__ = ["arithmetic_kinds", "can_equal", "can_order", "conversion_hint"]

_NUMBERS: Final = frozenset({Kind.INT, Kind.DOUBLE})
_ORDERED: Final = frozenset({Kind.STRING, Kind.TIMESTAMP, Kind.DURATION, Kind.BOOL})
_TIME: Final = {
    ("+", Kind.DURATION, Kind.DURATION): Kind.DURATION,
    ("+", Kind.TIMESTAMP, Kind.DURATION): Kind.TIMESTAMP,
    ("+", Kind.DURATION, Kind.TIMESTAMP): Kind.TIMESTAMP,
    ("-", Kind.DURATION, Kind.DURATION): Kind.DURATION,
    ("-", Kind.TIMESTAMP, Kind.TIMESTAMP): Kind.DURATION,
    ("-", Kind.TIMESTAMP, Kind.DURATION): Kind.TIMESTAMP,
}


def arithmetic_kinds(operator: str, left: frozenset[Kind], right: frozenset[Kind]) -> frozenset[Kind]:
    """The kinds of `left operator right`; empty where it never has a value."""
    found = (_arithmetic_kind(operator, one, other) for one, other in product(left, right))
    return frozenset(kind for kind in found if kind is not None)


def _arithmetic_kind(operator: str, left: Kind, right: Kind) -> Kind | None:
    if Kind.DYN in (left, right):
        return Kind.DYN
    if left in _NUMBERS and right in _NUMBERS:
        if Kind.DOUBLE not in (left, right):
            return Kind.INT
        return None if operator == "%" else Kind.DOUBLE
    if operator == "+" and left is right and left in (Kind.STRING, Kind.LIST):
        return left
    return _TIME.get((operator, left, right))


def can_equal(left: frozenset[Kind], right: frozenset[Kind]) -> bool:
    """Whether values of these kinds can be equal; null may be compared with anything."""
    return any(_alike(one, other) or Kind.NULL in (one, other) for one, other in product(left, right))


def can_order(left: frozenset[Kind], right: frozenset[Kind]) -> bool:
    """Whether values of these kinds have an order."""
    return any(
        _alike(one, other) and (one in _ORDERED | _NUMBERS or Kind.DYN in (one, other))
        for one, other in product(left, right)
    )


def _alike(left: Kind, right: Kind) -> bool:
    return left is right or Kind.DYN in (left, right) or (left in _NUMBERS and right in _NUMBERS)


def conversion_hint(operator: str, left: frozenset[Kind], right: frozenset[Kind]) -> str | None:
    """How the two sides of an operator could be made alike."""
    kinds = left | right
    if operator == "%" and kinds <= _NUMBERS:
        return "JSON numbers are doubles; convert with `int()`"
    for kind in (Kind.TIMESTAMP, Kind.DURATION):
        if kind in kinds and Kind.STRING in kinds:
            return f"times are texts on the wire; convert with `{kind}()`"
    if Kind.STRING in kinds and kinds & _NUMBERS:
        return "convert with `string()`" if operator == "+" else "convert the text with `double()`"
    return None
