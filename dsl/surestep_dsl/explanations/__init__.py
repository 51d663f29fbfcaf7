"""Pages about the codes that no check explains: those of reading files, of names and types, and of expressions.

A check explains its codes itself, by the docstring and the examples beside its rule.
"""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.explanations import events, expressions, source, structure
from surestep_dsl.explanations.page import BASELINE, HEADER, Content, Example, Page, files_of

__all__ = ["BASELINE", "HEADER", "PAGES", "Content", "Example", "Page", "files_of"]

PAGES: Final[Mapping[str, Page]] = {**source.PAGES, **structure.PAGES, **events.PAGES, **expressions.PAGES}
