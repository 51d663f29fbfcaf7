"""What a run of the lint gives, with mends or without."""

from dataclasses import dataclass, field

from surestep_codegen.lint.facts import Place
from surestep_codegen.lint.findings import Finding

__all__ = ["Linted", "Mended", "NotFollowed"]


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """The calls of one handler, and of what it calls, of which the lint knows nothing.

    Attributes:
        calls: as `file:line name`, in the order in which they are met.
    """

    file: str
    place: Place
    handler: str
    calls: tuple[str, ...]


@dataclass(slots=True)
class Linted:
    """What a run of the lint found.

    Attributes:
        handlers: how many there are.
        modules: how many it read or knew, handlers' and others.
        read_anew: how many of them no earlier run had read.
    """

    findings: list[Finding] = field(default_factory=list)
    not_followed: list[NotFollowed] = field(default_factory=list)
    handlers: int = 0
    modules: int = 0
    read_anew: int = 0


@dataclass(slots=True)
class Mended:
    """What came of mending.

    Attributes:
        linted: what is left.
        files: new contents by shown name.
        count: how many mends were applied.
        refused: files with mends that could not be applied.
    """

    linted: Linted
    files: dict[str, bytes] = field(default_factory=dict)
    count: int = 0
    refused: set[str] = field(default_factory=set)
