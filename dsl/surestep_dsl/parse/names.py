"""Parses names and ids where they are written: lists of events, and what is wrong with an id."""

import re

from surestep_dsl.limits import MAX_APP_OR_FUNCTION_ID_CHARACTERS
from surestep_dsl.nodes import ScalarNode
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, describe, is_id

__all__ = ["parse_event_names", "report_bad_id"]


def parse_event_names(keys: KeyReader, key: str, kind: UseKind, *, single: bool = False) -> tuple[str, ...]:
    """A list of events, none twice; with `single` one name is a list of one."""
    names: dict[str, None] = {}
    for item in keys.items(key, single=single):
        if not isinstance(item, ScalarNode) or item.is_empty:
            keys.findings.add("S103", f"`{key}` lists names of events, not {describe(item)}", item.span)
        elif item.text in names:
            keys.findings.add("S115", f"`{item.text}` stands twice in `{key}`", item.span)
        else:
            keys.findings.use(kind, item.text, item)
            names[item.text] = None
    return tuple(names)


def report_bad_id(scalar: ScalarNode, what: str, findings: Findings) -> None:
    """Say what an id must look like, with one that would do."""
    better = "-".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", scalar.text).lower()))
    hint = f"did you mean `{better}`?" if is_id(better) else None
    message = f"`{scalar.text[:40]}` is not {what}: small letters, digits and single hyphens, at most "
    findings.add("S111", f"{message}{MAX_APP_OR_FUNCTION_ID_CHARACTERS} characters, a letter first", scalar.span, hint)
