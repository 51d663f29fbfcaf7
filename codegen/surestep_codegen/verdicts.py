"""What `surestep generate --check` says: for each file that differs a verdict, its mend, a short diff, the spec line.

What generating cannot mend, as it is the user's to write, is said the same way, without a verdict.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from itertools import islice
from posixpath import normpath
from typing import Final

from surestep_codegen.generate import Changes
from surestep_codegen.limits import MAX_CHECK_DIFF_LINES, MAX_CHECK_DIFFS, MAX_CHECK_SPEC_LINES
from surestep_codegen.manifest import Finding, Verdict, unseal
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.origins import find_origins
from surestep_codegen.project_codes import TITLES, report
from surestep_dsl.diagnostics import Diagnostic, Related, Span
from surestep_dsl.report import Paint, diagnostic_keys, render_text
from surestep_dsl.report_github import render_github

__all__ = [
    "Difference",
    "explain_changes",
    "render_differences",
    "render_differences_github",
    "render_differences_json",
]

_CODES: Final = {
    Verdict.MISSING: "K101",
    Verdict.OUT_OF_DATE: "K102",
    Verdict.EDITED: "K103",
    Verdict.ORPHAN: "K104",
    Verdict.FOREIGN: "K105",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it should be.

    Attributes:
        diagnostic: names the file as seen from the project's root; the spec line behind it is related.
        diff: lines of a unified diff from what is there to what should be, the first few only.
    """

    diagnostic: Diagnostic
    verdict: Verdict | None
    diff: tuple[str, ...]


def explain_changes(changes: Changes, index: Index, folder: str) -> list[Difference]:
    """One for each finding, in its order, then one for each problem.

    Args:
        changes: what differs.
        index: the places of everything declared.
        folder: what leads from the project's root to the top package, empty or ending in a slash.
    """
    related = dict(_spec_lines(index)) if changes.findings else {}
    behind = tuple(islice(_changed(changes.findings, related), MAX_CHECK_SPEC_LINES))
    differences = []
    for number, finding in enumerate(changes.findings):
        before, after = changes.found.get(finding.path, ""), changes.files.get(finding.path, "")
        is_compared = finding.verdict in (Verdict.OUT_OF_DATE, Verdict.EDITED)
        line = _first_difference(before, after) if is_compared else 1
        span = Span(normpath(f"{folder}{finding.path}"), line, 1, line, 1)
        lines = related.get(finding.path, behind if finding.verdict is Verdict.OUT_OF_DATE else ())
        diff = tuple(_diff(before, after)) if is_compared and number < MAX_CHECK_DIFFS else ()
        differences.append(Difference(_diagnostic(finding, span, lines), finding.verdict, diff))
    return [*differences, *(Difference(problem, None, ()) for problem in changes.problems)]


def _diagnostic(finding: Finding, span: Span, related: tuple[Related, ...]) -> Diagnostic:
    return report(_CODES[finding.verdict], f"{finding.verdict}", span, finding.mend, *related)


def _spec_lines(index: Index) -> Iterator[tuple[str, tuple[Related, ...]]]:
    for path, place in find_origins(index).items():
        if (span := index.project.places.get(place)) is not None:
            kind, name = place
            yield path, (Related(span, f"comes from the {str(kind).removesuffix('s')} `{name}`"),)


def _changed(findings: Iterable[Finding], related: Mapping[str, tuple[Related, ...]]) -> Iterator[Related]:
    """The spec lines behind files that are about everything: those of the declarations that have changed."""
    for finding in findings:
        if finding.verdict in (Verdict.MISSING, Verdict.OUT_OF_DATE):
            yield from related.get(finding.path, ())


def _first_difference(before: str, after: str) -> int:
    """The number of the first line that differs."""
    old, new = _lines(before), _lines(after)
    same = (number for number, pair in enumerate(zip(old, new, strict=False), 1) if pair[0] != pair[1])
    return next(same, max(1, min(len(old), len(new) + 1)))


def _diff(before: str, after: str) -> Iterator[str]:
    """Without the names of files."""
    lines = islice(unified_diff(_lines(before), _lines(after), n=1, lineterm=""), 2, None)
    yield from islice(lines, MAX_CHECK_DIFF_LINES)
    if next(lines, None) is not None:
        yield "... more"


def _lines(text: str) -> list[str]:
    """All lines; those of the header, where hashes always differ, are blank."""
    body = unseal(text)
    return [""] * text.removesuffix(body).count("\n") + body.splitlines()


def render_differences(differences: Iterable[Difference], paint: Paint) -> str:
    """For people."""
    parts = []
    for found in differences:
        head, _, rest = render_text([found.diagnostic], {}, paint).rstrip("\n").partition("\n")
        parts += [head, *(f"    {line}".rstrip() for line in found.diff), rest]
    return "".join(f"{part}\n" for part in parts)


def render_differences_json(differences: Iterable[Difference]) -> str:
    """For programs: a list, each entry with the keys of a finding, its verdict and its diff."""
    entries: list[Mapping[str, object]] = [
        {
            **diagnostic_keys(found.diagnostic),
            "verdict": found.verdict and found.verdict.value,
            "diff": list(found.diff),
        }
        for found in differences
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False)


def render_differences_github(differences: Iterable[Difference], folder: str) -> str:
    """Annotations of a GitHub workflow.

    Args:
        differences: what differs.
        folder: what leads from the top of the repository to the project's root, empty or ending in a slash.
    """
    diagnostics = (
        replace(
            found.diagnostic,
            message="\n".join((found.diagnostic.message, *found.diff)),
            span=replace(found.diagnostic.span, file=f"{folder}{found.diagnostic.span.file}"),
        )
        for found in differences
    )
    return render_github(diagnostics, TITLES)
