"""Every limit of the generator: a name with a unit, and the reason for the number."""

from typing import Final

__all__ = [
    "MAX_CHECK_DIFFS",
    "MAX_CHECK_DIFF_LINES",
    "MAX_CHECK_SPEC_LINES",
    "MAX_DRAWN_CHARACTERS",
    "MAX_DRAWN_EDGES",
    "MAX_IMPORTED_SCHEMAS",
    "MAX_INLINE_ENUM_CHARACTERS",
    "MAX_LINTED_MODULE_BYTES",
    "MAX_SAMPLE_TYPES",
]

MAX_CHECK_DIFFS: Final = 50
"""Files whose differences `generate --check` shows; of more nobody reads them, and comparing costs time."""

MAX_CHECK_DIFF_LINES: Final = 20
"""Lines of difference shown for each file: enough to recognise what happened."""

MAX_CHECK_SPEC_LINES: Final = 3
"""Lines of specs shown behind a file that is made of all of them."""

MAX_IMPORTED_SCHEMAS: Final = 50_000
"""Schemas read in one import, those counted again that `allOf` and `anyOf` copy. Copies can double at every level."""

MAX_INLINE_ENUM_CHARACTERS: Final = 200
"""Length of an enum written where it is used; a longer one gets a name, because nobody can read it in a line."""

MAX_DRAWN_CHARACTERS: Final = 50_000
"""Length of a graph in Markdown pages: what Mermaid draws unless it is told to draw more. A larger one is left out."""

MAX_DRAWN_EDGES: Final = 500
"""Arrows of a graph in Markdown pages, likewise."""

MAX_SAMPLE_TYPES: Final = 20
"""Named types entered while an example is made: nobody reads more, and types inside types can double it each time."""

MAX_LINTED_MODULE_BYTES: Final = 4_000_000
"""Size of a module that the lint reads: larger ones hold data or are generated, and reading them takes seconds."""
