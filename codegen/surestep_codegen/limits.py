"""Every limit of the generator: a name with a unit, and the reason for the number."""

from typing import Final

__all__ = ["MAX_CHECK_DIFFS", "MAX_CHECK_DIFF_LINES", "MAX_IMPORTED_SCHEMAS", "MAX_INLINE_ENUM_CHARACTERS"]

MAX_CHECK_DIFFS: Final = 50
"""Files whose differences `generate --check` shows; of more nobody reads them, and comparing costs time."""

MAX_CHECK_DIFF_LINES: Final = 20
"""Lines of difference shown for each file: enough to recognise what happened."""

MAX_IMPORTED_SCHEMAS: Final = 50_000
"""Schemas read in one import, those counted again that `allOf` and `anyOf` copy. Copies can double at every level."""

MAX_INLINE_ENUM_CHARACTERS: Final = 200
"""Length of an enum written where it is used; a longer one gets a name, because nobody can read it in a line."""
