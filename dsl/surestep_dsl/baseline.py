"""A baseline: the findings that a project already knows and wants to hear of no more.

An entry is known by its code, its file, and a fingerprint of its message and of the line it stands on, so it survives
that lines above it come and go. Of two equal findings each needs an entry of its own.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.nodes import SourceText

__all__ = ["Baseline", "parse_baseline", "render_baseline", "subtract_baseline"]

_VERSION: Final = 1
_KEYS: Final = ("code", "file", "fingerprint")
_CHARACTERS: Final = 16
_Entry: TypeAlias = tuple[str, str, str]
"""Code, file and fingerprint."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a file, in its order."""

    source: SourceText
    entries: tuple[_Entry, ...]


def parse_baseline(source: SourceText) -> Baseline | None:
    """What `render_baseline` has written, or None where the file is something else."""
    try:
        content = json.loads(source.text)
        if content["version"] != _VERSION:
            return None
        entries = [tuple(entry[key] for key in _KEYS) for entry in content["findings"]]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if not all(isinstance(part, str) for entry in entries for part in entry):
        return None
    return Baseline(source, tuple((code, file, mark) for code, file, mark in entries))


def render_baseline(diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]) -> str:
    """A baseline of all these findings, one on a line, so that two branches merge well; the message is for readers."""
    entries = sorted((*_entry(found, sources), found.message) for found in diagnostics)
    keys = (*_KEYS, "message")
    lines = [f"\n    {json.dumps(dict(zip(keys, entry, strict=True)), ensure_ascii=False)}" for entry in entries]
    end = "\n  " if lines else ""
    return f'{{\n  "version": {_VERSION},\n  "findings": [{",".join(lines)}{end}]\n}}\n'


def subtract_baseline(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText], baseline: Baseline
) -> tuple[Diagnostic, ...]:
    """The findings that the baseline does not know, and a finding for each of its entries that is found no more."""
    known = Counter(baseline.entries)
    left = []
    for found in diagnostics:
        entry = _entry(found, sources)
        if known[entry]:
            known[entry] -= 1
        else:
            left.append(found)
    return (*left, *_stale(baseline, known))


def _stale(baseline: Baseline, known: Counter[_Entry]) -> Iterable[Diagnostic]:
    source, at = baseline.source, 0
    for entry in baseline.entries:
        code, file, mark = entry
        at = max(at, source.text.find(mark, at))
        if known[entry]:
            known[entry] -= 1
            message = f"{code} in {file}, which the baseline knows, is found no more"
            yield find("S203", message, source.span(at, at + len(mark)), "write the baseline anew")
        at += len(mark)


def _entry(found: Diagnostic, sources: Mapping[str, SourceText]) -> _Entry:
    source = sources.get(found.span.file)
    line = source.line(found.span.line) if source else ""
    text = f"{found.message}\0{' '.join(line.split())}"
    return found.code, found.span.file, hashlib.sha256(text.encode()).hexdigest()[:_CHARACTERS]
