"""Which findings comments silence: those of which some place, of the chain too, is on the comment's line."""

from collections.abc import Iterable, Iterator
from typing import Final

from surestep_codegen.lint.codes import LINT_CODES
from surestep_codegen.lint.facts import ModuleFacts, Silencer
from surestep_codegen.lint.findings import Finding, span_of
from surestep_dsl.codes import find
from surestep_dsl.nearest import did_you_mean

__all__ = ["silence"]

_FORM: Final = "write `# surestep: ignore[CODE] reason`"


def silence(findings: Iterable[Finding], modules: Iterable[ModuleFacts], *, is_whole: bool) -> list[Finding]:
    """The findings that no comment silences, with what is wrong with such comments.

    Comments that silence nothing are told where everything was linted that could use them.
    """
    comments = [(module.file, silencer) for module in modules for silencer in module.silencers]
    sound = {(one.code, file, one.place.line) for file, one in comments if one.reason and one.code in LINT_CODES}
    left: list[Finding] = []
    used: set[tuple[str, str, int]] = set()
    for finding in findings:
        by = sound.intersection(_lines_of(finding)) if LINT_CODES[finding.diagnostic.code].adjustable else set()
        used |= by
        if not by:
            left.append(finding)
    for file, one in dict.fromkeys(comments):
        left.extend(_faults(file, one))
        key = one.code, file, one.place.line
        if is_whole and one.is_judged and key in sound - used:
            message = f"no handler reaches a {one.code} by this line"
            left.append(Finding(find("S202", message, span_of(file, one.place), "remove it"), "silencer", ()))
    return left


def _faults(file: str, silencer: Silencer) -> Iterator[Finding]:
    span = span_of(file, silencer.place)
    if silencer.code not in LINT_CODES:
        hint = did_you_mean(silencer.code, LINT_CODES)
        yield Finding(find("S201", f"there is no code `{silencer.code}`", span, hint), "silencer", ())
    elif not silencer.reason:
        message = "a comment that silences needs a reason"
        yield Finding(find("S201", message, span, f"{_FORM}, and say why"), "silencer", ())


def _lines_of(finding: Finding) -> Iterator[tuple[str, str, int]]:
    """All lines on which a comment may silence a finding."""
    diagnostic = finding.diagnostic
    for span in (diagnostic.span, *(related.span for related in diagnostic.related)):
        yield from ((diagnostic.code, span.file, line) for line in range(span.line, span.end_line + 1))
