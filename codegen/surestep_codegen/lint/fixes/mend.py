"""Applies mends until none is left, in memory: writing is the command's business."""

import ast
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.find import LoadText, find_fixes
from surestep_codegen.lint.fixes.spot import Edit, ModuleText, apply_edits
from surestep_codegen.lint.linted import Linted

__all__ = ["Mended", "mend"]

Lint: TypeAlias = Callable[[Mapping[str, bytes]], Linted]
"""Lints with other contents for some files, by their shown names."""

_ROUNDS: Final = 100
"""A mend can uncover another: an argument within a call, or the next mistake of a kind behind the same call."""


@dataclass(slots=True)
class Mended:
    """What came of it.

    Attributes:
        linted: what is left.
        files: new contents by shown name.
        count: how many mends were applied.
    """

    linted: Linted
    files: dict[str, bytes] = field(default_factory=dict)
    count: int = 0


def mend(lint: Lint, load: LoadText) -> Mended:
    """Lint and mend in turns."""
    mended = Mended(lint({}))
    for _ in range(_ROUNDS):
        edits = _choose_edits(mended, load)
        changed = {file: content for file, found in edits.items() if (content := _edited(*found)) is not None}
        if not changed:
            break
        mended.count += sum(len(edits[file][1]) for file in changed)
        mended.files |= changed
        mended.linted = lint(mended.files)
    return mended


def _choose_edits(mended: Mended, load: LoadText) -> dict[str, tuple[bytes, list[tuple[Edit, ...]], ModuleText]]:
    """Mends of one round, none of which touches another."""
    chosen: dict[str, tuple[bytes, list[tuple[Edit, ...]], ModuleText]] = {}
    taken: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def load_now(file: str) -> bytes | None:
        return mended.files[file] if file in mended.files else load(file)

    for _, span, fix, module in find_fixes(mended.linted.findings, load_now):
        reach = min(edit.start for edit in fix.edits), max(edit.end for edit in fix.edits)
        is_free = all(reach[1] < start or end < reach[0] for start, end in taken[span.file])
        if fix.is_safe and is_free:
            taken[span.file].append(reach)
            chosen.setdefault(span.file, (load_now(span.file) or b"", [], module))[1].append(fix.edits)
    return chosen


def _edited(content: bytes, edits: list[tuple[Edit, ...]], module: ModuleText) -> bytes | None:
    """A file's new content; None where it would be no Python any more."""
    text = apply_edits(module.parsed.text, [edit for group in edits for edit in group])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, RecursionError):
        return None
    encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
    return text.encode(encoding)
