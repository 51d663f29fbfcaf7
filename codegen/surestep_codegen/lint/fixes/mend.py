"""Applies mends until none is left, in memory: writing is the command's business."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.apply import apply_fixes
from surestep_codegen.lint.fixes.find import LoadText, find_fixes
from surestep_codegen.lint.linted import Linted, Mended

__all__ = ["mend"]

Lint: TypeAlias = Callable[[Mapping[str, bytes]], Linted]
"""Lints with other contents for some files, by their shown names."""

_ROUNDS: Final = 100
"""A mend can uncover another, such as the next mistake of a kind behind the same call."""


def mend(lint: Lint, load: LoadText) -> Mended:
    """Lint and mend in turns."""
    mended = Mended(lint({}))

    def load_now(file: str) -> bytes | None:
        return mended.files[file] if file in mended.files else load(file)

    for _ in range(_ROUNDS):
        changed: dict[str, bytes] = {}
        mended.refused = set()
        for file, fixable in find_fixes(mended.linted.findings, load_now).items():
            fixes = dict.fromkeys(fix for _, fix in fixable.fixes.values() if fix.is_safe)
            applied = apply_fixes(fixable.content, fixable.module.parsed.tree, fixes)
            if applied.count:
                changed[file] = applied.content
                mended.count += applied.count
            if applied.count < len(fixes):
                mended.refused.add(file)
        if not changed:
            break
        mended.files |= changed
        mended.linted = lint(mended.files)
    return mended
