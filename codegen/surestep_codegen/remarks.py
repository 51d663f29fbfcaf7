"""What a translation between two descriptions cannot say, or says in another way; collected on the way."""

from dataclasses import dataclass, field

__all__ = ["Remark", "Remarks"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about a translation.

    Attributes:
        pointer: JSON pointer into the document of the other tool, `#` for all of it.
        what: what is concerned, as written there or here.
        why: what becomes of it, and the reason.
        loses: other values are accepted afterwards; false for a choice that changes nothing about that.
    """

    pointer: str
    what: str
    why: str
    loses: bool


@dataclass(frozen=True, slots=True)
class Remarks:
    """Remarks in the order in which they were made, none twice."""

    made: dict[Remark, None] = field(default_factory=dict)

    def lose(self, pointer: str, what: str, why: str) -> None:
        """Something is not carried over."""
        self.made[Remark(pointer, what, why, loses=True)] = None

    def note(self, pointer: str, what: str, why: str) -> None:
        """Something is carried over in another form."""
        self.made[Remark(pointer, what, why, loses=False)] = None
