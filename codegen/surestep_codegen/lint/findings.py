"""What the lint says: a diagnostic, the kind of fault, and how the handler gets there."""

from pathlib import PurePosixPath
from typing import Final, NamedTuple

from surestep_codegen.lint.effects import Hop, Reached
from surestep_codegen.lint.facts import RESULT, WRAPPERS, Fault, ModuleFacts, Place, Use
from surestep_codegen.lint.program import Function
from surestep_dsl.determinism_codes import DETERMINISM_CODES
from surestep_dsl.diagnostics import Diagnostic, Related, Span

__all__ = ["Finding", "finding_of", "finding_of_fault", "finding_of_module", "span_of"]

_ARROW: Final = " → "


class Finding(NamedTuple):
    """One finding.

    Attributes:
        kind: the kind of fault, such as `clock`.
        chain: from the handler to what it must not reach, as text: `handle`, `quote (pricing.py:5)`, `datetime.now`.
        fix: what a mend would put at the place; None where none is known.
        is_fixable: `--fix` applies the mend.
    """

    diagnostic: Diagnostic
    kind: str
    chain: tuple[str, ...]
    fix: str | None = None
    is_fixable: bool = False


def finding_of(reached: Reached) -> Finding:
    """What to say about an effect; the place is that in the handler, where the way to it begins."""
    first, *others = reached.chain
    effect = reached.effect
    steps = (f"{hop.function.facts.name} ({_file_name(hop)}:{hop.function.facts.place.line})" for hop in others)
    chain = (first.function.facts.name, *steps, reached.name)
    related = tuple(Related(_span(hop), f"{hop.function.facts.name} uses {_spelled(hop.use)}") for hop in others)
    message = f"handler code reaches {reached.name} ({effect.kind}), which may differ on a replay: {_ARROW.join(chain)}"
    hint = f"use {effect.replacement}"
    code = DETERMINISM_CODES[effect.kind.code]
    diagnostic = Diagnostic(code.code, code.severity, message, _span(first), hint, related)
    return Finding(diagnostic, effect.kind.value, chain)


def finding_of_fault(function: Function, fault: Fault) -> Finding:
    """What to say about a fault in a function's own text."""
    return Finding(_diagnostic(function.module.file, fault), fault.kind, (function.facts.name,))


def finding_of_module(module: ModuleFacts, fault: Fault) -> Finding:
    """What to say about a module as a whole."""
    return Finding(_diagnostic(module.file, fault), fault.kind, ())


def span_of(file: str, place: Place) -> Span:
    """A place as people count: columns from 1."""
    return Span(file, place.line, place.column + 1, place.end_line, place.end_column + 1)


def _diagnostic(file: str, fault: Fault) -> Diagnostic:
    severity = DETERMINISM_CODES[fault.code].severity
    return Diagnostic(fault.code, severity, fault.message, span_of(file, fault.place), fault.hint)


def _spelled(use: Use) -> str:
    return use.name.replace(WRAPPERS, "").replace(RESULT, "(...)")


def _file_name(hop: Hop) -> str:
    return PurePosixPath(hop.function.module.file).name


def _span(hop: Hop) -> Span:
    return span_of(hop.function.module.file, hop.use.place)
