"""Comments that silence a finding: `# surestep: ignore[D101] reason` on its line, or on any line of its chain."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Silencer", "read_silencers"]

_COMMENT: Final = re.compile(r"#\s*surestep:\s*ignore\s*\[(?P<codes>[^\]]*)\](?P<reason>.*)")


@dataclass(frozen=True, slots=True)
class Silencer:
    """One code of a comment. Lines are 1-based, columns 0-based; `reason` may be empty, which is a fault."""

    code: str
    line: int
    column: int
    end_column: int
    reason: str


def read_silencers(text: str) -> Iterator[Silencer]:
    """The silencers of a module that Python can read."""
    if "surestep:" not in text:
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        found = _COMMENT.search(token.string) if token.type == tokenize.COMMENT else None
        if found:
            line, column = token.start
            for code in found["codes"].split(","):
                yield Silencer(code.strip(), line, column, token.end[1], found["reason"].strip())
