"""The checks of a resolved project, one rule a file, in the order in which they run."""

from typing import Final

from surestep_dsl.checks.view import Check, View

__all__ = ["CHECKS", "Check", "View"]

CHECKS: Final[tuple[Check, ...]] = ()
"""A new check is a new file and a line here."""
