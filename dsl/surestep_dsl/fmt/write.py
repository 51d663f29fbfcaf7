"""From the written tree to canonical lines.

The rules: two spaces of indentation, also for lists; keys in a fixed order; an empty line between entries of the file
and of its sections where one of them is longer than one line, elsewhere an empty line stays where one is, and two
become one; brackets stay where all fits in 100 columns, else their content goes on lines of its own; single quotes
become double ones where that needs no backslash; two spaces before a comment at the end of a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from surestep_dsl.fmt.key_order import KEY_ORDER, SECTIONS, kind_below
from surestep_dsl.fmt.tree import Block, Collection, Item, Leaf, Value

__all__ = ["WIDTH", "write_tree"]

WIDTH: Final = 100
"""Columns; what is in brackets and fits stays on its line. A comment behind it does not count."""
_SILENCER: Final = "surestep:"


def write_tree(head: list[str], tree: Collection, *, may_reorder: bool) -> str:
    """The canonical text.

    Args:
        head: comments above the first key.
        tree: all that follows.
        may_reorder: keys may change places; not where aliases could come before their anchors.
    """
    writer = _Writer(KEY_ORDER if may_reorder else {})
    above, lines = writer.items(tree, "", "spec")
    lines = [*_stripped([*head, *above]), *lines]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Writer:
    orders: Mapping[str, Mapping[str, str]]

    def items(self, of: Collection, margin: str, kind: str) -> tuple[list[str], list[str]]:
        """The comments above the first item, and the lines of a collection, one item below the other."""
        above: list[str] = []
        lines: list[str] = []
        was_long, seals = False, False
        for item in self.ordered(of, kind):
            before, body = self.item(item, margin, kind)
            is_long = len(body) > 1
            if not lines:
                above = _stripped(before)
            else:
                apart = kind in SECTIONS and (is_long or was_long)
                lines += [""] if not seals and (apart or before[:1] == [""]) else []
                lines += _indented(_stripped(before), margin)
            lines += body
            was_long, seals = is_long, _keeps_end(item.value)
        return above, lines + _indented(_stripped(of.tail) if seals else of.tail, margin)

    def ordered(self, of: Collection, kind: str) -> list[Item]:
        places = {key: place for place, key in enumerate(self.orders.get(kind, ()))} if of.is_mapping else {}
        return sorted(of.items, key=lambda item: places.get(item.name, len(places)))

    def item(self, item: Item, margin: str, kind: str) -> tuple[list[str], list[str]]:
        """The comments above an item, and its own lines."""
        head = f"{margin}{_quoted(item.key)}{' ' if item.key.startswith('*') else ''}:" if item.key else f"{margin}-"
        below = kind_below(kind, item.name) if item.key else kind
        before, value = item.before, item.value
        comment = f"  {item.comment}" if item.comment else ""
        match value:
            case Leaf(lines=lines):
                return before, self.leaf(head, lines, margin, comment)
            case Block(header=header, lines=lines):
                return before, [f"{head} {header}{comment}", *(f"{margin}  {line}" if line else "" for line in lines)]
            case Collection():
                stays = _SILENCER in item.comment and not _has_inner_comments(value)
                line = self.one_line(value, below) if value.is_flow else None
                if line is not None and (stays or len(head) + 1 + len(line) <= WIDTH):
                    return before, [f"{head} {line}{comment}"]
                return self.block(item, head, margin, below, value)

    def leaf(self, head: str, lines: list[str], margin: str, comment: str) -> list[str]:
        first, *rest = [_quoted(lines[0])] if len(lines) == 1 else lines
        written = [f"{head} {first}" if first else head, *(f"{margin}  {line}" if line else "" for line in rest)]
        return [*written[:-1], f"{written[-1]}{comment}"]

    def block(self, item: Item, head: str, margin: str, below: str, value: Collection) -> tuple[list[str], list[str]]:
        """An item whose value stands below its key, or behind its dash."""
        anchor = f" {value.anchor}" if value.anchor else ""
        comment = f"  {item.comment}" if item.comment else ""
        inner = f"{margin}  "
        above, lines = self.items(value, inner, below)
        if item.key or anchor:
            return item.before, [f"{head}{anchor}{comment}", *_indented(above, inner), *lines]
        own = [*item.before, *([item.comment] if item.comment else [])]
        return [*own, *above], [f"{head} {lines[0].lstrip()}", *lines[1:]]

    def one_line(self, of: Collection, kind: str) -> str | None:
        """What stands in brackets on one line; None where it cannot."""
        if _has_inner_comments(of):
            return None
        parts = []
        for item in self.ordered(of, kind):
            below = kind_below(kind, item.name) if item.key else kind
            text = self.flow_value(item.value, below)
            if text is None or "\n" in item.key:
                return None
            space = " " if item.key.startswith("*") else ""
            parts.append(f"{_quoted(item.key)}{space}: {text}" if item.key else text)
        inside = ", ".join(parts)
        return f"{of.anchor}{' ' if of.anchor else ''}{f'{{{inside}}}' if of.is_mapping else f'[{inside}]'}"

    def flow_value(self, value: Value, kind: str) -> str | None:
        match value:
            case Leaf(lines=[line]):
                return _quoted(line)
            case Collection():
                return self.one_line(value, kind)
            case Leaf() | Block():
                return None


def _has_inner_comments(of: Collection) -> bool:
    return bool(of.tail) or any(
        item.comment or any(item.before) or (isinstance(item.value, Collection) and _has_inner_comments(item.value))
        for item in of.items
    )


def _keeps_end(value: Value) -> bool:
    """Whether empty lines after a value would belong to it."""
    match value:
        case Block(keeps_end=keeps_end):
            return keeps_end
        case Collection(items=[*_, last], tail=[]):
            return _keeps_end(last.value)
        case Leaf() | Collection():
            return False


def _quoted(text: str) -> str:
    """With double quotes instead of single ones, where no character needs a backslash."""
    inside = text[1:-1]
    if len(text) < 2 or text[0] != "'" or any(character in inside for character in "'\"\\\t"):
        return text
    return f'"{inside}"'


def _stripped(lines: list[str]) -> list[str]:
    """Without empty lines at the beginning."""
    begin = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[begin:]


def _indented(lines: list[str], margin: str) -> list[str]:
    return [f"{margin}{line}" if line else "" for line in lines]
