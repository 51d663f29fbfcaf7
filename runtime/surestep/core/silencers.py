"""Which lines of the user's code say that a rule about determinism does not matter there, and why."""

import linecache
import re
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["silenced_codes"]

_SILENCER: Final = re.compile(r"#.*?surestep:\s*ignore\s*\[([A-Z0-9, ]+)\]\s*\S")


def silenced_codes(file: str, line: int, namespace: Mapping[str, Any]) -> frozenset[str]:
    """Codes named in a comment `# surestep: ignore[D101] reason`; without a reason it says nothing.

    Args:
        file: of the code object.
        line: 1-based.
        namespace: globals of the code; they know the source of what lies in an archive.
    """
    found = _SILENCER.search(linecache.getline(file, line, dict(namespace)))
    return frozenset(re.findall(r"[A-Z][0-9]+", found.group(1))) if found else frozenset()
