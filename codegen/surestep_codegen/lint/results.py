"""Keeps what the last run gave, with all it has seen: while nothing of that changes, nothing else need be read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from surestep_codegen.lint.cache_file import load_cache, write_cache
from surestep_codegen.lint.facts import Place
from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.linted import Linted, NotFollowed
from surestep_codegen.lint.sight import Sight
from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span

__all__ = ["find_result", "keep_result"]

_FILE: Final = "result.json"


def find_result(root: Path | None, request: str) -> Linted | None:
    """What the last run gave, if it was asked the same, and would see the same."""
    text = load_cache(root, _FILE)
    if not text:
        return None
    kept = json.loads(text)
    if kept["request"] != request or not Sight().equals(kept["folders"], kept["files"]):
        return None
    return _decode(kept)


def keep_result(root: Path | None, request: str, sight: Sight, linted: Linted) -> None:
    """Remember what this run gives."""
    kept = {"request": request, "folders": sight.folder_hashes(), "files": sight.files, **_encode(linted)}
    write_cache(root, _FILE, json.dumps(kept, ensure_ascii=False, separators=(",", ":")))


def _encode(linted: Linted) -> Mapping[str, object]:
    return {
        "findings": [_encode_finding(one) for one in linted.findings],
        "not_followed": [(one.file, _numbers(one.place), one.handler, one.calls) for one in linted.not_followed],
        "counts": (linted.handlers, linted.modules),
    }


def _encode_finding(finding: Finding) -> tuple[object, ...]:
    found = finding.diagnostic
    related = [(_numbers(one.span), one.message) for one in found.related]
    said = found.code, found.severity, found.message, _numbers(found.span), found.hint, related
    return *said, finding.kind, finding.chain


def _numbers(place: Span | Place) -> tuple[str | int, ...]:
    ends = place.line, place.column, place.end_line, place.end_column
    return (place.file, *ends) if isinstance(place, Span) else ends


def _decode(kept: dict[str, Any]) -> Linted:
    not_followed = [
        NotFollowed(file, Place(*place), handler, tuple(calls)) for file, place, handler, calls in kept["not_followed"]
    ]
    return Linted([_decode_finding(*one) for one in kept["findings"]], not_followed, *kept["counts"])


def _decode_finding(  # noqa: PLR0917 -- what was encoded comes back in the same order
    code: str, severity: str, message: str, span: Any, hint: str | None, related: Any, kind: str, chain: Any
) -> Finding:
    others = tuple(Related(Span(*place), text) for place, text in related)
    return Finding(Diagnostic(code, Severity(severity), message, Span(*span), hint, others), kind, tuple(chain))
