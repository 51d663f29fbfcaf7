"""What the lint says: a diagnostic, the kind of fault, and how the handler gets there."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from surestep_codegen.lint.effects import Hop, Reached
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.program import Function
from surestep_codegen.lint.rules import RULES
from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span

__all__ = ["SEVERITIES", "Finding", "finding_of", "finding_of_fault"]

_ARROW: Final = " → "

SEVERITIES: Final = {
    **{rule.code: rule.severity for rule in RULES},
    "D115": Severity.ERROR,
    "D122": Severity.ERROR,
    "D124": Severity.ERROR,
}
"""Of the faults that are no effects."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        kind: the kind of fault, such as `clock`.
        chain: from the handler to what it must not reach, as text: `handle`, `quote (pricing.py:5)`, `datetime.now`.
        fix: what `--fix` writes in place of the finding's span; None where it writes nothing.
    """

    diagnostic: Diagnostic
    kind: str
    chain: tuple[str, ...]
    fix: str | None = None


def finding_of(reached: Reached) -> Finding:
    """What to say about an effect; the place is that in the handler, where the way to it begins."""
    first, *others = reached.chain
    effect = reached.effect
    steps = (f"{hop.function.facts.name} ({_file_name(hop)}:{hop.function.facts.place.line})" for hop in others)
    chain = (first.function.facts.name, *steps, reached.name)
    related = tuple(Related(_span(hop), f"{hop.function.facts.name} uses {hop.use.name}") for hop in others)
    message = f"handler code reaches {reached.name} ({effect.kind}), which may differ on a replay: {_ARROW.join(chain)}"
    hint = f"use {effect.replacement}"
    diagnostic = Diagnostic(effect.kind.code, Severity.ERROR, message, _span(first), hint, related)
    return Finding(diagnostic, effect.kind.value, chain)


def finding_of_fault(function: Function, fault: Fault) -> Finding:
    """What to say about a fault in a function's own text."""
    place, severity = fault.place, SEVERITIES[fault.code]
    span = Span(function.module.file, place.line, place.column + 1, place.end_line, place.end_column + 1)
    diagnostic = Diagnostic(fault.code, severity, fault.message, span, fault.hint)
    return Finding(diagnostic, fault.kind, (function.facts.name,))


def _file_name(hop: Hop) -> str:
    return PurePosixPath(hop.function.module.file).name


def _span(hop: Hop) -> Span:
    place = hop.use.place
    return Span(hop.function.module.file, place.line, place.column + 1, place.end_line, place.end_column + 1)
