"""From text to nodes: the only module that knows PyYAML.

Reads YAML events from libyaml and composes our own nodes, counting depth, nodes and what aliases add, so that no input
can cost more than a bounded amount. It decides what YAML we accept (one document, no tags, directives, merge keys or
double keys) and nothing about what the content means. Every problem is a diagnostic.
"""

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, Protocol, cast

import yaml
from typing_extensions import TypeIs

from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic, Related
from surestep_dsl.limits import MAX_ALIAS_EXPANDED_NODES, MAX_FILE_BYTES, MAX_FILE_NODES, MAX_FILE_PROBLEMS, MAX_NESTING
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, SourceText, Style
from surestep_dsl.yaml_problems import Mark, explain_problem

__all__ = ["Parsed", "decode_source", "parse_source"]

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTIVE: Final = re.compile(r"^%.*", re.MULTILINE)
# the classes are kept as plain `type`, because the types of PyYAML's events do not say what they carry
_AliasEvent: Final[type] = yaml.AliasEvent
_MappingStartEvent: Final[type] = yaml.MappingStartEvent
_MappingEndEvent: Final[type] = yaml.MappingEndEvent
_SequenceStartEvent: Final[type] = yaml.SequenceStartEvent
_SequenceEndEvent: Final[type] = yaml.SequenceEndEvent
_StreamEndEvent: Final[type] = yaml.StreamEndEvent
_STYLES: Final = {None: Style.PLAIN, "": Style.PLAIN} | {style.value: style for style in Style}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's root node (None for an empty or unreadable document) and what is wrong with its YAML."""

    source: SourceText
    root: Node | None
    diagnostics: tuple[Diagnostic, ...]


def decode_source(file: str, content: bytes) -> SourceText | Diagnostic:
    """Text of a file: UTF-8, with or without a byte order mark, at most `MAX_FILE_BYTES`."""
    start = SourceText(file, "").span(0, 1)
    if len(content) > MAX_FILE_BYTES:
        return find(
            "S014", f"the file is larger than {MAX_FILE_BYTES // 1024**2} MiB", start, "split it: files are merged"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return find("S002", "the file is UTF-16, not UTF-8", start, "save it as UTF-8")
    try:
        return SourceText(file, content.removeprefix(b"\xef\xbb\xbf").decode())
    except UnicodeDecodeError as error:
        before = SourceText(file, content[: error.start].decode())
        at = len(before.text)
        return find("S002", "the file is not UTF-8", before.span(at, at), "save it as UTF-8")


def parse_source(source: SourceText) -> Parsed:
    """Compose the nodes of one document; never raises."""
    if problem := _forbidden_text(source):
        return Parsed(source, None, (problem,))
    composer = _Composer(source, cast("_Parser", yaml.CLoader(source.text)))
    try:
        root = composer.document()
    except _StopReadingError as stop:
        composer.found.append(stop.diagnostic)
        root = None
    except yaml.MarkedYAMLError as error:
        composer.found.append(explain_problem(source, error.problem, error.problem_mark, error.context_mark))
        root = None
    except yaml.YAMLError as error:
        composer.found.append(find("S005", f"not valid YAML: {error}", source.span(0, 1)))
        root = None
    return Parsed(source, root, tuple(composer.found))


def _forbidden_text(source: SourceText) -> Diagnostic | None:
    """What must be refused before libyaml sees it: it would be slow, or vague about the place."""
    if match := _FORBIDDEN.search(source.text):
        what = "a NUL byte" if match[0] == "\0" else f"the character U+{ord(match[0]):04X}"
        return find("S003", f"{what} is not allowed in YAML", source.span(match.start(), match.end()))
    if match := _DIRECTIVE.search(source.text):
        hint = "remove this line; text that begins with % must stand in quotes"
        return find("S006", "YAML directives are not allowed", source.span(*match.span()), hint)
    return None


class _Event(Protocol):
    """What PyYAML's events carry; those without a tag or anchor are never asked for it."""

    start_mark: Mark
    end_mark: Mark
    tag: str | None
    anchor: str | None
    value: str
    style: str | None


class _Parser(Protocol):
    """PyYAML's `CParser`, whose methods have no types of their own."""

    def get_event(self) -> _Event:
        """The next event."""
        ...


class _StopReadingError(Exception):
    """Reading on would be pointless or dear."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class _Measure(NamedTuple):
    """A tree with its aliases written out: how many nodes, how many levels."""

    size: int
    height: int


@dataclass(slots=True)
class _Composer:
    """Turns events into nodes.

    Attributes:
        anchors: the node of each anchor; None while it is still open.
        measures: of nodes with an anchor.
    """

    source: SourceText
    parser: _Parser
    found: list[Diagnostic] = field(default_factory=list)
    anchors: dict[str, Node | None] = field(default_factory=dict)
    measures: dict[Node, _Measure] = field(default_factory=dict)
    nodes: int = 0
    expanded: int = 0

    def document(self) -> Node | None:
        """The root node; a second document is an error."""
        self.parser.get_event()
        if isinstance(self.parser.get_event(), _StreamEndEvent):
            return None
        root = self.node(self.parser.get_event(), 1)
        self.parser.get_event()
        event = self.parser.get_event()
        if not isinstance(event, _StreamEndEvent):
            hint = "put it into a file of its own: all files form one namespace"
            self.add("S007", "a file holds one document; here a second one starts", event, hint)
        return root

    def node(self, event: _Event, depth: int) -> Node:
        """The node that begins with `event`."""
        if isinstance(event, _AliasEvent):
            return self.alias(event, depth)
        self.count(event, depth)
        if event.tag is not None:
            hint = "text that begins with ! must stand in quotes"
            self.add("S008", f"the tag {event.tag} is not allowed", event, hint)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if isinstance(event, _MappingStartEvent):
            node: Node = self.mapping(event, depth)
        elif isinstance(event, _SequenceStartEvent):
            node = self.sequence(event, depth)
        else:
            start, end = event.start_mark.index, event.end_mark.index
            node = ScalarNode(self.source, start, end, event.value, _STYLES[event.style])
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            self.measures[node] = self.measure(node)
        return node

    def measure(self, node: Node) -> _Measure:
        """Size and height of a tree; what has an anchor inside it is measured already."""
        if node in self.measures:
            return self.measures[node]
        parts: tuple[Node, ...] = ()
        if isinstance(node, SequenceNode):
            parts = node.items
        elif isinstance(node, MappingNode):
            parts = tuple(part for entry in node.entries for part in (entry.key, entry.value))
        inner = [self.measure(part) for part in parts]
        return _Measure(1 + sum(one.size for one in inner), 1 + max((one.height for one in inner), default=0))

    def count(self, event: _Event, depth: int) -> None:
        """Stop where a limit is passed."""
        self.nodes += 1
        if self.nodes > MAX_FILE_NODES:
            self.stop("S015", f"more than {MAX_FILE_NODES:,} values in one file", event, "split the file")
        if depth > MAX_NESTING:
            self.stop("S013", f"nested deeper than {MAX_NESTING} levels", event)

    def alias(self, event: _Event, depth: int) -> Node:
        """The node an alias stands for, shared, with what it adds counted."""
        if event.anchor not in self.anchors:
            hint = "text that begins with * must stand in quotes"
            self.stop("S017", f"no anchor &{event.anchor} stands above this alias", event, hint)
        node = self.anchors[event.anchor]
        if node is None:
            self.stop("S011", f"the alias *{event.anchor} stands inside its own anchor", event)
        measure = self.measures[node]
        self.expanded += measure.size
        if self.expanded > MAX_ALIAS_EXPANDED_NODES:
            self.stop("S012", f"aliases expand to more than {MAX_ALIAS_EXPANDED_NODES:,} values", event)
        if depth + measure.height - 1 > MAX_NESTING:
            self.stop("S013", f"nested deeper than {MAX_NESTING} levels through this alias", event)
        return node

    def mapping(self, event: _Event, depth: int) -> MappingNode:
        """A mapping without doubles; the first of two equal keys counts."""
        entries: dict[str, Entry] = {}
        end = event.end_mark.index
        while not isinstance(key_event := self.parser.get_event(), _MappingEndEvent):
            key = self.node(key_event, depth + 1)
            value = self.node(self.parser.get_event(), depth + 1)
            end = max(end, value.end)
            if self.is_fine_key(key, key_event, entries):
                entries[key.text] = Entry(key, value)
        return MappingNode(self.source, event.start_mark.index, end, tuple(entries.values()))

    def is_fine_key(self, key: Node, event: _Event, entries: dict[str, Entry]) -> TypeIs[ScalarNode]:
        """Report keys that are no texts, merge keys and doubles."""
        if not isinstance(key, ScalarNode):
            hint = "text that begins with { or [ must stand in quotes"
            self.add("S016", "a key must be a text, not a mapping or list", event, hint)
            return False
        if key.text == "<<" and key.style is Style.PLAIN:
            self.add(
                "S009", "merge keys are not allowed", event, "write the keys out, or name the shared part in `types`"
            )
            return False
        if earlier := entries.get(key.text):
            related = Related(earlier.key.span, "first written here")
            self.note(find("S010", f"the key `{key.text}` is written twice", key.span, None, related))
            return False
        return True

    def sequence(self, event: _Event, depth: int) -> SequenceNode:
        """A list."""
        items: list[Node] = []
        while not isinstance(item_event := self.parser.get_event(), _SequenceEndEvent):
            items.append(self.node(item_event, depth + 1))
        end = items[-1].end if items else event.end_mark.index
        return SequenceNode(self.source, event.start_mark.index, end, tuple(items))

    def add(self, code: str, message: str, event: _Event, hint: str | None = None) -> None:
        """Note a problem and read on."""
        span = self.source.span(event.start_mark.index, event.end_mark.index)
        self.note(find(code, message, span, hint))

    def note(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic; of too many the rest is not worth reading."""
        self.found.append(diagnostic)
        if len(self.found) == MAX_FILE_PROBLEMS:
            raise _StopReadingError(
                find("S018", f"{MAX_FILE_PROBLEMS:,} problems, the rest is left out", diagnostic.span)
            )

    def stop(self, code: str, message: str, event: _Event, hint: str | None = None) -> NoReturn:
        """Note a problem and give the file up."""
        span = self.source.span(event.start_mark.index, event.end_mark.index)
        raise _StopReadingError(find(code, message, span, hint))
