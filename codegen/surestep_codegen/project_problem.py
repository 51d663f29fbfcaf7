"""Why files cannot be generated though the specs are right: something of the user's that the generator uses is not."""

from collections.abc import Mapping, Sequence

from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.nodes import SourceText

__all__ = ["ProjectProblemError"]


class ProjectProblemError(RuntimeError):
    """Findings that stop the generator.

    Args:
        found: at least one.
        sources: the texts that their places lead to.
    """

    def __init__(self, found: Sequence[Diagnostic], *sources: SourceText) -> None:
        first = found[0]
        super().__init__(f"{first.span.file}:{first.span.line}: {first.message}")
        self.found = tuple(found)
        self.sources: Mapping[str, SourceText] = {source.file: source for source in sources}
