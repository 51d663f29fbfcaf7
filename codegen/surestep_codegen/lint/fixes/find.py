"""Finds the mends of findings, file by file."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.fixes.calls import CALL_FIXERS
from surestep_codegen.lint.fixes.spot import Fix, ModuleText, Spot, apply_edits
from surestep_codegen.lint.fixes.steps import STEP_FIXERS
from surestep_codegen.lint.parsing import ParsedModule, parse_module
from surestep_dsl.diagnostics import Span

__all__ = ["LoadText", "find_fixes", "with_fixes"]

LoadText: TypeAlias = Callable[[str], bytes | None]
"""The content of a file by its shown name."""

_LOOP_VARIABLE: Final = re.compile(r"last value of `(\w+)`")


def find_fixes(findings: Iterable[Finding], load: LoadText) -> Iterator[tuple[Finding, Span, Fix, ModuleText]]:
    """The findings that can be mended, each with the place of the mend, the mend, and the module it is for."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.diagnostic.code in CALL_FIXERS or finding.diagnostic.code in STEP_FIXERS:
            by_file[_place_of(finding).file].append(finding)
    for file, found in by_file.items():
        content = load(file)
        parsed = parse_module(content) if content is not None else None
        if isinstance(parsed, ParsedModule):
            module = ModuleText(parsed)
            pairs = ((finding, _find_fix(finding, module)) for finding in found)
            yield from ((finding, _place_of(finding), fix, module) for finding, fix in pairs if fix is not None)


def with_fixes(findings: Iterable[Finding], load: LoadText) -> list[Finding]:
    """The findings with the text of their mends."""
    findings = list(findings)
    texts = {
        id(finding): (_preview(span, fix, module), fix.is_safe)
        for finding, span, fix, module in find_fixes(findings, load)
    }
    return [
        replace(one, fix=texts[id(one)][0], is_fixable=texts[id(one)][1]) if id(one) in texts else one
        for one in findings
    ]


def _place_of(finding: Finding) -> Span:
    """Where the mend belongs: at the end of the chain."""
    related = finding.diagnostic.related
    return related[-1].span if related else finding.diagnostic.span


def _find_fix(finding: Finding, module: ModuleText) -> Fix | None:
    variable = _LOOP_VARIABLE.search(finding.diagnostic.message)
    name = variable.group(1) if variable else (finding.chain[-1] if finding.chain else "")
    for spot in module.spots(_place_of(finding), name):
        fix = _fix_at(finding.diagnostic.code, spot)
        if fix is not None and spot.is_sound:
            return fix
    return None


def _fix_at(code: str, spot: Spot) -> Fix | None:
    if code in STEP_FIXERS:
        return STEP_FIXERS[code](spot)
    return CALL_FIXERS[code](spot, spot.node) if isinstance(spot.node, ast.Call) else None


def _preview(span: Span, fix: Fix, module: ModuleText) -> str:
    """What will stand at the place, as far as the mend reaches."""
    node = next(module.spots(span, "")).node
    start, end = module.range(node)
    start, end = min(start, *(edit.start for edit in fix.edits)), max(end, *(edit.end for edit in fix.edits))
    edits = [replace(edit, start=edit.start - start, end=edit.end - start) for edit in fix.edits]
    return apply_edits(module.parsed.text[start:end], edits)
