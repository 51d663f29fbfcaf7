"""Shows diagnostics as SARIF 2.1.0, the format that code scanning services read."""

import json
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final
from urllib.parse import quote

from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.datatypes import JsonValue
from surestep_dsl.diagnostics import Diagnostic, Severity, Span

__all__ = ["render_sarif"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PLACE: Final = {code: place for place, code in enumerate(ALL_CODES)}


def render_sarif(diagnostics: Iterable[Diagnostic], version: str) -> str:
    """A log of one run by surestep `version`; its rules are all codes, found or not."""
    log: JsonValue = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "surestep", "semanticVersion": version, "rules": _rules()}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(diagnostic) for diagnostic in diagnostics],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False)


def _rules() -> list[JsonValue]:
    return [
        {
            "id": code.code,
            "shortDescription": {"text": code.title},
            "help": {"text": f"Run `surestep explain {code.code}` for its page with examples."},
            "defaultConfiguration": {"level": _LEVELS[code.severity]},
        }
        for code in ALL_CODES.values()
    ]


def _result(diagnostic: Diagnostic) -> JsonValue:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhint: {diagnostic.hint}"
    result: dict[str, JsonValue] = {
        "ruleId": diagnostic.code,
        "ruleIndex": _PLACE[diagnostic.code],
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": _place(diagnostic.span)}],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.message}, "physicalLocation": _place(related.span)}
            for number, related in enumerate(diagnostic.related)
        ]
    return result


def _place(span: Span) -> dict[str, JsonValue]:
    uri = PurePath(span.file).as_uri() if PurePath(span.file).is_absolute() else quote(span.file)
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }
