"""What a translation between two descriptions cannot say, or says in another way; collected on the way."""

from dataclasses import dataclass, field

from surestep_dsl.report import Paint

__all__ = ["Remark", "Remarks", "render_remarks"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about a translation.

    Attributes:
        pointer: JSON pointer into the document of the other tool, `#` for all of it.
        what: what is concerned, as written there or here.
        why: what becomes of it, and the reason.
        loses: a part of what is described gets lost: other values are accepted afterwards, an event is left out, or
            nothing says any more when a function runs. False for another form, and for what describes something else.
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


def render_remarks(remarks: Remarks, paint: Paint) -> str:
    """A line for each; `lost:` or `note:` comes first."""
    lines = []
    for remark in remarks.made:
        grade = paint("lost:", "warning") if remark.loses else paint("note:", "info")
        lines.append(f"{grade} {remark.pointer}: `{remark.what}`: {remark.why}\n")
    return "".join(lines)
