"""Comments that silence a finding: `# surestep: ignore[V201, V202] reason` at the end of its line.

Errors without which a spec has no clear meaning stay, whatever a comment says: only warnings, information and errors
whose code is adjustable can be silenced. Settings are not asked: a comment counts before they choose severities.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.codes import find
from surestep_dsl.diagnostics import Diagnostic, Severity, Span
from surestep_dsl.limits import MAX_FILE_SILENCERS
from surestep_dsl.nearest import did_you_mean
from surestep_dsl.nodes import MappingNode, Node, ScalarNode, SequenceNode, SourceText
from surestep_dsl.source import Parsed

__all__ = ["silence"]

_MARK: Final = "surestep:"
_COMMENT: Final = re.compile(r"(?<![^\s])#[ \t]*surestep:[ \t]*(?P<rest>[^\r\n]*)")
_SILENCER: Final = re.compile(r"ignore[ \t]*\[(?P<codes>[^\]]*)\](?P<reason>.*)")
_FORM: Final = "write `# surestep: ignore[CODE] reason`"


@dataclass(frozen=True, slots=True)
class _Silencer:
    """One code of a comment. `span` is the comment's."""

    code: str
    span: Span


def silence(found: Iterable[Diagnostic], files: Iterable[Parsed]) -> list[Diagnostic]:
    """The findings that no comment silences, with what is wrong with such comments.

    Unused comments are told only where no error is left: after an error some checks may have seen nothing.
    """
    left = dict.fromkeys(found)
    by_line: dict[tuple[str, str, int], list[Diagnostic]] = defaultdict(list)
    for one in left:
        by_line[one.code, one.span.file, one.span.line].append(one)
    faulty: list[Diagnostic] = []
    unused: list[Diagnostic] = []
    for silencer in (silencer for file in files for silencer in islice(_read_silencers(file), MAX_FILE_SILENCERS)):
        if isinstance(silencer, Diagnostic):
            faulty.append(silencer)
            continue
        meant = by_line.get((silencer.code, silencer.span.file, silencer.span.line), ())
        stubborn = [one for one in meant if not _can_be_silenced(one)]
        if not meant:
            message = f"there is no {silencer.code} on this line to silence"
            unused.append(find("S202", message, silencer.span, "remove it"))
        elif stubborn:
            message = f"{silencer.code} is an error that cannot be silenced"
            faulty.append(find("S201", message, silencer.span, stubborn[0].hint))
        for one in meant:
            if one not in stubborn:
                left.pop(one, None)
    told = [*left, *faulty]
    return told if any(one.severity is Severity.ERROR for one in told) else told + unused


def _can_be_silenced(found: Diagnostic) -> bool:
    return found.severity is not Severity.ERROR or ALL_CODES[found.code].adjustable


def _read_silencers(file: Parsed) -> Iterator[_Silencer | Diagnostic]:
    """Of a file that YAML could read; a faulty comment gives a finding."""
    if file.root is None or _MARK not in file.source.text:
        return
    ends = dict(sorted((node.start, node.end) for node in _scalars(file.root)))
    starts = list(ends)
    for match in _COMMENT.finditer(file.source.text):
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or ends[starts[before]] <= match.start():
            yield from _parse_comment(match, file.source)


def _parse_comment(match: re.Match[str], source: SourceText) -> Iterator[_Silencer | Diagnostic]:
    span = source.span(match.start(), match.end())
    form = _SILENCER.fullmatch(match["rest"].rstrip())
    codes = [code.strip() for code in form["codes"].split(",")] if form else []
    if form is None or not all(codes):
        yield find("S201", "this comment to surestep cannot be read", span, _FORM)
    elif not form["reason"].strip():
        yield find("S201", "a comment that silences needs a reason", span, f"{_FORM}, and say why")
    elif not source.line(span.line)[: span.column - 1].strip():
        yield find("S201", "a comment that silences stands at the end of the line it is about", span, _FORM)
    else:
        for code in dict.fromkeys(codes):
            if code in ALL_CODES:
                yield _Silencer(code, span)
            else:
                yield find("S201", f"there is no code `{code}`", span, did_you_mean(code, ALL_CODES))


def _scalars(node: Node) -> Iterator[ScalarNode]:
    match node:
        case ScalarNode():
            yield node
        case SequenceNode(items=items):
            for item in items:
                yield from _scalars(item)
        case MappingNode(entries=entries):
            for entry in entries:
                yield entry.key
                yield from _scalars(entry.value)
