"""Shows what the lint found: as JSON, and what it could not follow as text."""

import json
from collections.abc import Iterable
from dataclasses import replace
from difflib import unified_diff
from typing import Final

from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.linted import Linted, NotFollowed
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.report import diagnostic_keys

__all__ = ["render_difference", "render_findings_json", "render_not_followed", "with_offer"]

_SHOWN_CALLS: Final = 3
"""Calls named in the note of a handler; JSON has all."""


def render_findings_json(linted: Linted) -> str:
    """An object: the findings, the calls not followed by handler, and how much was looked at."""
    content = {
        "findings": [_finding_keys(one) for one in linted.findings],
        "not_followed": [
            {"file": one.file, "line": one.place.line, "handler": one.handler, "calls": list(one.calls)}
            for one in linted.not_followed
        ],
        "handlers": linted.handlers,
        "modules": linted.modules,
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _finding_keys(finding: Finding) -> dict[str, object]:
    own = {"kind": finding.kind, "chain": list(finding.chain), "fix": finding.fix, "fixable": finding.is_fixable}
    return diagnostic_keys(finding.diagnostic) | own


def render_difference(name: str, before: bytes, after: bytes) -> str:
    """What a mend changes in a file."""
    old, new = (content.decode(errors="replace").splitlines() for content in (before, after))
    lines = unified_diff(old, new, f"{name} (as it is)", f"{name} (mended)", lineterm="")
    return "".join(f"{line}\n" for line in lines)


def with_offer(finding: Finding) -> Diagnostic:
    """The finding for people: where a mend is only offered, its hint shows the offer."""
    found = finding.diagnostic
    if finding.is_fixable or finding.fix is None or "\n" in finding.fix:
        return found
    return replace(found, hint=f"{found.hint}, as in: {finding.fix}")


def render_not_followed(handlers: Iterable[NotFollowed]) -> str:
    """A line for each handler with calls of which nothing is known."""
    return "".join(f"{_note(one)}\n" for one in handlers)


def _note(one: NotFollowed) -> str:
    count = "1 call" if len(one.calls) == 1 else f"{len(one.calls)} calls"
    shown = ", ".join(one.calls[:_SHOWN_CALLS])
    more = ", ..." if len(one.calls) > _SHOWN_CALLS else ""
    return f"{one.file}:{one.place.line}: note: {count} of {one.handler} not followed: {shown}{more}"
