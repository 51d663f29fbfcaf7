"""A spec as it is written: every key, value and comment, and nothing of the white space between them."""

from dataclasses import dataclass, field
from typing import TypeAlias

__all__ = ["Block", "Collection", "Item", "Leaf", "Value"]


@dataclass(slots=True)
class Leaf:
    """A scalar or an alias, over one or several lines.

    Attributes:
        lines: as written, quotes included, indentation not; the first is empty for a value that is not there.
    """

    lines: list[str]


@dataclass(slots=True)
class Block:
    """A block scalar.

    Attributes:
        header: `|`, `>` and what follows, without a comment.
        lines: the content without its indentation.
        keeps_end: empty lines after it belong to it (`|+`).
    """

    header: str
    lines: list[str]
    keeps_end: bool


@dataclass(slots=True)
class Collection:
    """A mapping or a list.

    Attributes:
        is_flow: written in brackets.
        anchor: `&name`, or nothing.
        tail: comments after the last item, an empty text for an empty line.
    """

    is_mapping: bool
    is_flow: bool
    anchor: str = ""
    items: "list[Item]" = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


Value: TypeAlias = Leaf | Block | Collection


@dataclass(slots=True)
class Item:
    """An entry of a mapping or an item of a list.

    Attributes:
        key: as written; empty in a list.
        name: what the key means.
        before: comments on lines of their own, an empty text for an empty line.
        comment: the one at the end of the line.
    """

    key: str
    name: str
    value: Value
    before: list[str]
    comment: str = ""

    def place_comment(self, text: str) -> None:
        """Put a comment at the end of the line, or above where one is there already."""
        if text and self.comment:
            self.before.append(text)
        else:
            self.comment = self.comment or text
