"""Why values of one type are no values of another: what the comparison of two types says."""

from dataclasses import dataclass
from enum import StrEnum

from surestep_dsl.model import Path

__all__ = ["Refusal", "RefusalKind"]


class RefusalKind(StrEnum):
    """What is in the way.

    Attributes:
        FIELD_UNKNOWN: a field that the wanted object does not have.
        FIELD_MISSING: a field that the wanted object requires and the given one does not have.
        FIELD_OPTIONAL: a field that the wanted object requires and the given one may leave out.
        TYPE: another type.
        BOUND: a constraint that is stricter.
        VALUE: a value of an enum.
        MEMBER: a member of a union, or null.
        DEFAULT: nothing is refused, but leaving the field out means something else.
    """

    FIELD_UNKNOWN = "field_unknown"
    FIELD_MISSING = "field_missing"
    FIELD_OPTIONAL = "field_optional"
    TYPE = "type"
    BOUND = "bound"
    VALUE = "value"
    MEMBER = "member"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason.

    Attributes:
        where: the place in the payload, for instance `("events", "order/created", "data", "lines", "[]", "sku")`.
            Inside a named type that both sides use it begins with `("types", name)`.
        given: where the given type stands in its specs.
        wanted: where the wanted type stands in its specs.
        subject: the field, constraint, value or member concerned.
        given_text: what is given, as a spec says it.
        wanted_text: what is wanted, likewise.
    """

    kind: RefusalKind
    where: Path
    given: Path
    wanted: Path
    subject: str = ""
    given_text: str = ""
    wanted_text: str = ""
