"""What a page of the manual about a code consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["BASELINE", "HEADER", "Content", "Example", "Page", "files_of"]

HEADER: Final = "spec: 1\napp: shop\n"
"""What examples begin with, and leave out."""
BASELINE: Final = "baseline.json"
"""An example's file of this name is a baseline."""

Content: TypeAlias = str | bytes | None
"""Of a file; None for a link that leads nowhere."""
Example: TypeAlias = str | Mapping[str, Content]
"""One spec without its header, or files by name."""


@dataclass(frozen=True, slots=True)
class Page:
    """One code explained.

    Attributes:
        text: one or more sentences.
        wrong: gives this code, and nothing else as severe.
        right: the same, mended.
    """

    text: str
    wrong: Example
    right: Example


def files_of(example: Example) -> Mapping[str, Content]:
    """The files of an example as they would be written."""
    return {"shop.yaml": HEADER + example} if isinstance(example, str) else example
