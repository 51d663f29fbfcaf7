"""Writes jobs out as the events and functions that they stand for."""

from collections.abc import Iterable

from surestep_dsl.nodes import Entry, MappingNode, SourceText
from surestep_dsl.parse.document import parse_document
from surestep_dsl.source import parse_source
from surestep_dsl.yaml_text import render_nodes

__all__ = ["expand_jobs"]


def expand_jobs(sources: Iterable[SourceText]) -> str:
    """A spec that may take the place of all `jobs` of a project; empty where there are none.

    What only a job has cannot be written out: its log, its log ids, and that the runtime tells how it ended.

    Args:
        sources: the files of a project without errors.
    """
    events, functions, apps = list[Entry](), list[Entry](), set[str]()
    for source in sources:
        root = parse_source(source).root
        if root is not None:
            document = parse_document(source, root)
            apps |= {document.app[0]} if document.app else set()
            for job in document.jobs.values():
                events += job.long_form.events.entries
                functions += job.long_form.functions.entries
    if not events:
        return ""
    head = "spec: 1\n" + "".join(f"app: {app}\n" for app in apps)
    return f"{head}events:\n{_section(events)}functions:\n{_section(functions)}"


def _section(entries: list[Entry]) -> str:
    first = entries[0].key
    ordered = tuple(sorted(entries, key=lambda entry: entry.key.text))
    text = render_nodes(MappingNode(first.source, first.start, first.end, ordered))
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))
