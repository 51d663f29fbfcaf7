"""From text and nodes to the written tree: finds the comments between the nodes and says what each belongs to.

A comment at the end of a line belongs to the item on that line; one on a line of its own to the item below it, or to
the end of a block where it is indented deeper than the key of the block.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from surestep_dsl.fmt.cursor import Cursor
from surestep_dsl.fmt.tree import Block, Collection, Item, Leaf, Value
from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode, Style

__all__ = ["read_tree"]

_COLON: Final = re.compile(r"\s*:(?=\s|$)|:")
_ANCHOR: Final = re.compile(r"&\S+")
_ALIAS: Final = re.compile(r"\*[^\s,\[\]{}]+")
_OPENING: Final = re.compile(r"\s*[\[{]")
_BLOCK_HEADER: Final = re.compile(r"(?P<mark>(?:&\S+[ \t]+)?[|>])(?P<how>[0-9+-]*)[ \t]*(?P<comment>#.*)?\n?")


def read_tree(text: str, root: MappingNode) -> tuple[list[str], Collection]:
    """The comments at the head of a file, and all that follows.

    Args:
        text: without carriage returns.
        root: its nodes.
    """
    reader = _Reader(Cursor(f"\n{text}"))
    head = reader.cursor.comments_before(root.start + 1)
    return head, reader.collection(root, 0, in_flow=False)


@dataclass(slots=True)
class _Reader:
    """Reads nodes in the order of the text.

    Attributes:
        seen: nodes that are read already: when they come again, it is through an alias.
    """

    cursor: Cursor
    seen: set[int] = field(default_factory=set)

    def start(self, node: Node) -> int:
        """Where a node begins, or the alias that stands for it."""
        return self.cursor.find("*") if id(node) in self.seen else node.start + 1

    def collection(self, node: MappingNode | SequenceNode, outer: int, *, in_flow: bool) -> Collection:
        """A mapping or list that begins here; `outer` is the column of the item that it belongs to."""
        parts = _parts(node)
        start = node.start + 1
        inner = self.start(parts[0][0] or parts[0][1]) if parts else start + 1
        found = Collection(isinstance(node, MappingNode), is_flow=in_flow)
        if anchor := _own_anchor(self.cursor.text, start, inner):
            found.anchor = anchor
            self.cursor.at = start + len(anchor)
        is_bracketed = bool(self.cursor.skip(_OPENING))
        found.is_flow = in_flow or is_bracketed
        column = self.cursor.column(start if isinstance(node, SequenceNode) and not found.anchor else inner)
        for key, value in parts:
            self.item(found, key, value, column)
        if is_bracketed:
            found.tail = self.comments_before(self.cursor.find("]}"))
            self.cursor.at += 1
        elif not in_flow:
            found.tail = self.cursor.comments_deeper_than(outer)
        return found

    def comments_before(self, end: int) -> list[str]:
        """Comments without what tells of empty lines."""
        return [line for line in self.cursor.comments_before(end) if line]

    def item(self, into: Collection, key: ScalarNode | None, node: Node, column: int) -> None:
        """One more item of `into`, with its comments."""
        before = self.cursor.comments_before(self.start(node if key is None else key))
        item = Item("", "", Leaf([""]), before)
        if key is not None:
            item.key, item.name = "\n".join(self.leaf(key).lines), key.text
            self.cursor.skip(_COLON)
        item.value = self.value(item, node, column, in_flow=into.is_flow)
        item.place_comment(self.cursor.same_line())
        into.items.append(item)

    def value(self, item: Item, node: Node, column: int, *, in_flow: bool) -> Value:
        """What stands behind a key or a dash."""
        is_alias = id(node) in self.seen
        if isinstance(node, ScalarNode) and not is_alias and node.start == node.end:
            return Leaf([""])
        if is_alias or isinstance(node, ScalarNode):
            item.before += self.comments_before(self.start(node))
            if isinstance(node, ScalarNode) and node.style in (Style.LITERAL, Style.FOLDED) and not is_alias:
                return self.block_scalar(item, node)
            return self.leaf(node)
        if in_flow or self.is_bracketed(node):
            item.before += self.comments_before(node.start + 1)
        elif item.key:
            item.comment = self.cursor.same_line()
        self.seen.add(id(node))
        found = self.collection(node, column, in_flow=in_flow)
        if not found.items:
            item.before += found.tail
            found.tail = []
        return found

    def is_bracketed(self, node: MappingNode | SequenceNode) -> bool:
        """Whether a collection stands in brackets."""
        return _ANCHOR.sub("", self.cursor.text[node.start + 1 : node.end + 1], count=1).lstrip()[:1] in ("[", "{")

    def leaf(self, node: Node) -> Leaf:
        """A scalar that is no block, or an alias."""
        if id(node) in self.seen:
            self.cursor.at = self.cursor.find("*")
            return Leaf([self.cursor.skip(_ALIAS)])
        self.seen.add(id(node))
        self.cursor.at = node.end + 1
        first, *lines = self.cursor.text[node.start + 1 : node.end + 1].split("\n")
        return Leaf([_without_end(first), *(_without_end(line.lstrip(" \t")) for line in lines)])

    def block_scalar(self, item: Item, node: ScalarNode) -> Block:
        """A block scalar; the comment behind its `|` is the item's."""
        self.seen.add(id(node))
        raw = self.cursor.text[node.start + 1 : node.end + 1]
        header = _BLOCK_HEADER.match(raw)
        if header is None:
            raise ValueError(raw)
        item.place_comment((header["comment"] or "").rstrip())
        keeps_end = "+" in header["how"]
        self.cursor.at = node.start + 1 + len(raw.removesuffix("\n") if keeps_end else raw.rstrip())
        lines = raw[header.end() :].removesuffix("\n").split("\n")
        while lines and not lines[-1].strip() and not keeps_end:
            lines.pop()
        first = next((line for line in lines if line.strip()), "")
        text = node.text.lstrip("\n")
        own = len(text) - len(text.lstrip(" "))  # spaces that are part of the first line's text
        margin = len(first) - len(first.lstrip(" ")) - own
        how = ("2" if own else "") + ("+" if keeps_end else "-" if "-" in header["how"] else "")
        return Block(header["mark"] + how, [line[margin:] for line in lines], keeps_end)


def _parts(node: MappingNode | SequenceNode) -> list[tuple[ScalarNode | None, Node]]:
    if isinstance(node, MappingNode):
        return [(entry.key, entry.value) for entry in node.entries]
    return [(None, item) for item in node.items]


def _own_anchor(text: str, start: int, inner: int) -> str:
    """The anchor of a collection at `start`; one that stands where its first key begins is the key's."""
    anchor = _ANCHOR.match(text, start)
    return "" if anchor is None or start == inner else anchor[0]


def _without_end(line: str) -> str:
    """Without white space at the end, which never counts unless a backslash makes it part of the text."""
    bare = line.rstrip(" \t")
    return line if bare.endswith("\\") else bare
