"""Shows diagnostics as SARIF 2.1.0, the format that code scanning services read."""

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.codes import Code
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.diagnostics import Diagnostic, Severity, Span

__all__ = ["render_sarif"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(
    diagnostics: Iterable[Diagnostic], version: str, codes: Mapping[str, Code] = ALL_CODES, folder: str = ""
) -> str:
    """A log of one run.

    Args:
        diagnostics: what was found.
        version: that of surestep.
        codes: the log's rules, found or not; by default all codes of specs.
        folder: where the project lies in the repository; empty, or ending in a slash.
    """
    places = {code: place for place, code in enumerate(codes)}
    log: JsonValue = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "surestep", "semanticVersion": version, "rules": _rules(codes)}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic, places[diagnostic.code], folder) for diagnostic in diagnostics],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rules(codes: Mapping[str, Code]) -> list[JsonValue]:
    return [
        {
            "id": code.code,
            "shortDescription": {"text": code.title},
            "help": {"text": f"Run `surestep explain {code.code}` for its page with examples."},
            "defaultConfiguration": {"level": _LEVELS[code.severity]},
        }
        for code in codes.values()
    ]


def _result(diagnostic: Diagnostic, place: int, folder: str) -> JsonValue:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
    result: dict[str, JsonValue] = {
        "ruleId": diagnostic.code,
        "ruleIndex": place,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(diagnostic.span, folder)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.message}, "physicalLocation": _place(related.span, folder)}
            for number, related in enumerate(diagnostic.related)
        ]
    return result


def _place(span: Span, folder: str) -> dict[str, JsonValue]:
    uri = PurePath(span.file).as_uri() if PurePath(span.file).is_absolute() else quote(f"{folder}{span.file}")
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }
