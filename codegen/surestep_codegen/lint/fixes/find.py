"""Finds the mends of findings, file by file."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.fixes.calls import CALL_FIXERS
from surestep_codegen.lint.fixes.edits import AddArgument, BindVariable, Edit, Fix, Replace
from surestep_codegen.lint.fixes.spot import ModuleText, Spot
from surestep_codegen.lint.fixes.steps import STEP_FIXERS
from surestep_codegen.lint.parsing import ParsedModule, parse_module
from surestep_dsl.diagnostics import Span

__all__ = ["Fixable", "LoadText", "find_fixes", "with_fixes"]

LoadText: TypeAlias = Callable[[str], bytes | None]
"""The content of a file by its shown name."""

_LOOP_VARIABLE: Final = re.compile(r"last value of `(\w+)`")


@dataclass(frozen=True, slots=True)
class Fixable:
    """A file with its mends: those of findings, by the identity of the finding. One mend may be that of several."""

    content: bytes
    module: ModuleText
    fixes: dict[int, tuple[Spot, Fix]] = field(default_factory=dict)


def find_fixes(findings: Iterable[Finding], load: LoadText) -> dict[str, Fixable]:
    """The files in which something can be mended, by shown name."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.diagnostic.code in CALL_FIXERS or finding.diagnostic.code in STEP_FIXERS:
            by_file[_place_of(finding).file].append(finding)
    found = {file: fixable for file, those in by_file.items() if (fixable := _find_in_file(those, load(file)))}
    return {file: fixable for file, fixable in found.items() if fixable.fixes}


def with_fixes(findings: Iterable[Finding], load: LoadText) -> list[Finding]:
    """The findings with the text of their mends."""
    findings = list(findings)
    texts = {
        key: (_preview(spot, fix), fix.is_safe)
        for fixable in find_fixes(findings, load).values()
        for key, (spot, fix) in fixable.fixes.items()
    }
    return [
        one._replace(fix=texts[id(one)][0], is_fixable=texts[id(one)][1]) if id(one) in texts else one
        for one in findings
    ]


def _find_in_file(findings: Iterable[Finding], content: bytes | None) -> Fixable | None:
    parsed = parse_module(content) if content is not None else None
    if content is None or not isinstance(parsed, ParsedModule):
        return None
    fixable = Fixable(content, ModuleText(parsed))
    known: dict[tuple[str, Span, str], tuple[Spot, Fix] | None] = {}
    for finding in findings:
        key = finding.diagnostic.code, _place_of(finding), _name_in(finding)
        if key not in known:
            known[key] = _find_fix(*key, fixable.module)
        if (found := known[key]) is not None:
            fixable.fixes[id(finding)] = found
    return fixable


def _place_of(finding: Finding) -> Span:
    """Where the mend belongs: at the end of the chain."""
    related = finding.diagnostic.related
    return related[-1].span if related else finding.diagnostic.span


def _name_in(finding: Finding) -> str:
    """The variable, or what handler code reaches."""
    variable = _LOOP_VARIABLE.search(finding.diagnostic.message)
    return variable.group(1) if variable else (finding.chain[-1] if finding.chain else "")


def _find_fix(code: str, place: Span, name: str, module: ModuleText) -> tuple[Spot, Fix] | None:
    for spot in module.spots(place, name):
        fix = _fix_at(code, spot)
        if fix is not None and spot.is_sound:
            return spot, fix
    return None


def _fix_at(code: str, spot: Spot) -> Fix | None:
    if code in STEP_FIXERS:
        return STEP_FIXERS[code](spot)
    return CALL_FIXERS[code](spot, spot.node) if isinstance(spot.node, ast.Call) else None


def _preview(spot: Spot, fix: Fix) -> str:
    """What will stand at the place."""
    start, _ = spot.module.range(spot.node)
    text = spot.module.text(spot.node)
    for first, last, new in sorted((_change(edit, spot.module) for edit in fix.edits), reverse=True):
        text = f"{text[: first - start]}{new}{text[last - start :]}"
    return text


def _change(edit: Edit, module: ModuleText) -> tuple[int, int, str]:
    """An edit as characters: from, up to, and what they become."""
    match edit:
        case Replace(node, template, parts):
            return *module.range(node), template.format(*map(module.text, parts))
        case AddArgument(node, text, is_first=True):
            place = module.range(node.args[0])[0]
            return place, place, f"{text}, "
        case AddArgument(node, text):
            place = max(module.range(one)[1] for one in (*node.args, *(one.value for one in node.keywords)))
            return place, place, f", {text}"
        case BindVariable(node, name):
            defaults = node.args.defaults
            place = module.range(defaults[-1])[1] if defaults else module.range(node)[0] + len("lambda")
            return place, place, f"{',' * bool(defaults)} {name}={name}"
