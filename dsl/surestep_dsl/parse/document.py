"""Parses one file: its header and its declarations, in the order written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from surestep_dsl.datatypes import TypeDef
from surestep_dsl.diagnostics import Diagnostic, Span
from surestep_dsl.limits import MAX_FILE_JOBS
from surestep_dsl.model import EventDef, FunctionDef
from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SourceText
from surestep_dsl.parse.events import parse_event
from surestep_dsl.parse.functions import parse_function
from surestep_dsl.parse.jobs import Job, parse_job
from surestep_dsl.parse.named_types import parse_type_def
from surestep_dsl.parse.names import report_bad_id
from surestep_dsl.parse.reader import Findings, KeyReader, Use, describe, is_id

__all__ = ["Document", "parse_document"]

_KEYS: Final = ("spec", "app", "description", "types", "events", "functions", "jobs")
_HINT: Final = "a spec begins with `spec: 1`, followed by `app`, `types`, `events`, `functions` and `jobs`"
_Definition = TypeVar("_Definition")


@dataclass(frozen=True, slots=True)
class Document:
    """What one file declares.

    Attributes:
        root: its nodes, for places and for values that can be read only when all types are known.
        app: the app's id with its place, where the file states a valid one.
        states_app: the file has the key, valid or not.
    """

    source: SourceText
    root: Node
    app: tuple[str, Span] | None
    states_app: bool
    description: str
    types: Mapping[str, TypeDef]
    events: Mapping[str, EventDef]
    functions: Mapping[str, FunctionDef]
    jobs: Mapping[str, Job]
    uses: tuple[Use, ...]
    diagnostics: tuple[Diagnostic, ...]


def parse_document(source: SourceText, root: Node) -> Document:
    """Everything in a file that can be read, and everything that is wrong with the rest."""
    findings = Findings()
    if not isinstance(root, MappingNode):
        findings.add("S103", f"a spec must be a mapping, not {describe(root)}", root.span, _HINT)
        return Document(
            source,
            root,
            app=None,
            states_app=True,
            description="",
            types={},
            events={},
            functions={},
            jobs={},
            uses=(),
            diagnostics=tuple(findings.diagnostics),
        )
    where = source.span(0, 1)
    keys = KeyReader(root, "a spec", _KEYS, findings, where=where, hint=_HINT)
    _parse_version(keys)
    too_many = keys.mapping("jobs")[MAX_FILE_JOBS:]
    if too_many:
        message = f"more than {MAX_FILE_JOBS:,} jobs in one file"
        findings.add("S015", message, too_many[0].key.span, "split the file")
    return Document(
        source,
        root,
        app=_parse_app(keys),
        states_app=keys.has("app"),
        description=keys.description(),
        types=_parse_entries(keys, "types", parse_type_def),
        events=_parse_entries(keys, "events", parse_event),
        functions=_parse_entries(keys, "functions", parse_function),
        jobs={} if too_many else _parse_entries(keys, "jobs", parse_job),
        uses=tuple(findings.uses),
        diagnostics=tuple(findings.diagnostics),
    )


def _parse_version(keys: KeyReader) -> None:
    node = keys.required("spec", "write `spec: 1` in the first line")
    if node is not None and not (isinstance(node, ScalarNode) and node.text == "1"):
        message = f"`spec` must be 1, the version of the language, not {describe(node)}"
        keys.findings.add("S110", message, node.span)


def _parse_app(keys: KeyReader) -> tuple[str, Span] | None:
    scalar = keys.scalar("app")
    if scalar is None:
        return None
    if is_id(scalar.text):
        return scalar.text, scalar.span
    report_bad_id(scalar, "an app id", keys.findings)
    return None


def _parse_entries(
    keys: KeyReader, section: str, parse: Callable[[Entry, Findings], _Definition | None]
) -> dict[str, _Definition]:
    parsed = ((entry.key.text, parse(entry, keys.findings)) for entry in keys.mapping(section))
    return {name: definition for name, definition in parsed if definition is not None}
