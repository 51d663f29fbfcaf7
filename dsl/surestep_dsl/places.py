"""Where everything stands: paths of the merged document to nodes, and from there to lines and columns."""

from collections.abc import Iterator, Mapping
from typing import Final

from typing_extensions import override

from surestep_dsl.diagnostics import Span
from surestep_dsl.model import Path
from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["Places"]

_LISTS_OF_ONE: Final = ("triggers", "concurrency", "cancel_on")
"""Keys of functions where a single entry may stand in place of a list."""


class Places(Mapping[Path, Span]):
    """For each path the span of its key, or of the item itself in a list; worked out on demand.

    A field's `?` is no part of its path. Of equal paths in several files the first added wins.
    """

    def __init__(self) -> None:
        self._nodes: dict[Path, tuple[ScalarNode | None, Node]] = {}

    def add(self, root: Node, path: Path = ()) -> None:
        """Take in a whole file, or what would stand at a path of one."""
        self._enter(path, root)

    def _enter(self, path: Path, node: Node) -> None:
        match node:
            case MappingNode(entries=entries):
                for entry in entries:
                    self._note((*path, entry.key.text.removesuffix("?")), entry.key, entry.value)
            case SequenceNode(items=items):
                for index, item in enumerate(items):
                    self._note((*path, index), None, item)
            case ScalarNode():
                pass

    def _note(self, path: Path, key: ScalarNode | None, value: Node) -> None:
        self._nodes.setdefault(path, (key, value))
        if _may_be_list_of_one(path) and not isinstance(value, SequenceNode):
            path = (*path, 0)
            self._nodes.setdefault(path, (None, value))
        self._enter(path, value)

    def value(self, path: Path) -> Node | None:
        """The node that stands at a path."""
        found = self._nodes.get(path)
        return found and found[1]

    def nearest(self, path: Path) -> Span:
        """The place of a path, or of what encloses it where a file does not spell it out."""
        while path not in self._nodes and path:
            path = path[:-1]
        return self[path]

    def text_span(self, path: Path, start: int, end: int) -> Span:
        """A part of the text at a path; the place of the path itself where no text stands there."""
        node = self.value(path)
        return node.span_at(start, end) if isinstance(node, ScalarNode) else self.nearest(path)

    def value_span(self, path: Path) -> Span:
        """The value at a path where it is a text, otherwise its key."""
        node = self.value(path)
        return node.span if isinstance(node, ScalarNode) and not node.is_empty else self.nearest(path)

    @override
    def __getitem__(self, path: Path) -> Span:
        key, value = self._nodes[path]
        return (key or value).span

    @override
    def __iter__(self) -> Iterator[Path]:
        return iter(self._nodes)

    @override
    def __len__(self) -> int:
        return len(self._nodes)


def _may_be_list_of_one(path: Path) -> bool:
    match path:
        case ("functions", _, key):
            return key in _LISTS_OF_ONE
        case ("functions", _, "steps", _, "send"):
            return True
        case _:
            return False
