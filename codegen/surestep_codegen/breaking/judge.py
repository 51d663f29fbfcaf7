"""Which findings fail: what the rules find, what the settings choose, and what was approved."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from surestep_codegen.breaking.approvals import OVERDUE, STALE, Approval
from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Change, Direction, Rule
from surestep_codegen.breaking.rules import RULES
from surestep_codegen.breaking.spelling import spell_path
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.model import Path

__all__ = ["Finding", "find_findings", "find_idle_approvals"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its place.

    Attributes:
        path: what it is about; approvals name it.
        span: its place in today's specs, or in the old ones.
        is_old: what it is about is gone, so its place is in the old specs.
        approval: why it may pass, or None.
        fails: the settings choose it, and nobody approved it.
    """

    rule: Rule
    path: str
    message: str
    hint: str
    span: Span
    is_old: bool
    approval: Approval | None
    fails: bool


def find_findings(
    both: Comparison,
    *,
    failing: Collection[str],
    approvals: Iterable[Approval],
    today: date,
    external_consumers: bool,
) -> tuple[Finding, ...]:
    """Everything that all rules find, by code and place.

    Args:
        both: the old and the new contract.
        failing: categories and codes that fail.
        approvals: those that are overdue count for nothing.
        today: what `until` is held against.
        external_consumers: somebody outside of the project reads its events.
    """
    valid = {(entry.code, entry.path): entry for entry in approvals if not _is_overdue(entry, today)}
    found: dict[tuple[str, str, str], Finding] = {}
    for rule in RULES:
        if rule.direction is Direction.CONSUMERS and not external_consumers:
            continue
        for change in rule.find(both):
            finding = _locate(both, rule, change, valid, failing)
            found.setdefault((rule.code, finding.path, finding.message), finding)
    return tuple(found.values())


def find_idle_approvals(
    approvals: Iterable[Approval], findings: Iterable[Finding], today: date
) -> Iterator[Diagnostic]:
    """Entries that do nothing: overdue ones, and those whose finding is found no more."""
    known = {(finding.rule.code, finding.path) for finding in findings}
    for entry in approvals:
        what = f"the approval of {entry.code} at {entry.path}"
        if (entry.code, entry.path) not in known:
            yield Diagnostic(STALE, Severity.WARNING, f"{what} approves nothing", entry.span, "remove it")
        elif _is_overdue(entry, today):
            message = f"{what} counted until {entry.until}"
            yield Diagnostic(OVERDUE, Severity.WARNING, message, entry.span, "mend the finding, or approve it anew")


def _is_overdue(entry: Approval, today: date) -> bool:
    return entry.until is not None and entry.until < today


def _locate(
    both: Comparison,
    rule: Rule,
    change: Change,
    approvals: Mapping[tuple[str, str], Approval],
    failing: Collection[str],
) -> Finding:
    path, is_old = spell_path(change.where), change.place is None
    places, place = (both.old.places, change.old_place) if is_old else (both.new.places, change.place)
    approval = approvals.get((rule.code, path))
    fails = approval is None and (rule.code in failing or rule.category in failing)
    span = _nearest(places, place or change.where)
    return Finding(rule, path, change.message, change.hint, span, is_old, approval, fails)


def _nearest(places: Mapping[Path, Span], path: Path) -> Span:
    """The place of a path or of what encloses it."""
    while path and path not in places:
        path = path[:-1]
    return places[path or ("spec",)]
