"""What specs may say and nothing is generated for yet: refused as a whole, so that no half of it is taken for all."""

from collections.abc import Iterator

from surestep_dsl.model import Project

__all__ = ["NotGeneratedError", "refuse_not_generated"]


class NotGeneratedError(RuntimeError):
    """The specs are right, but use a part of the language that nothing can be generated for yet."""


def refuse_not_generated(project: Project) -> None:
    """Stop before anything is planned.

    Raises:
        NotGeneratedError: names every declaration concerned.
    """
    if found := list(_not_generated(project)):
        raise NotGeneratedError(f"the specs are right, but nothing is generated yet for {', '.join(found)}")


def _not_generated(project: Project) -> Iterator[str]:
    for job in project.jobs:
        yield f"the job {job}"
