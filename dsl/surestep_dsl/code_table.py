"""All codes that a spec, its expressions or its settings can be reported with, in one table."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.codes import CODES, Code
from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr import PROBLEM_CODES

__all__ = ["ALL_CODES"]

ALL_CODES: Final[Mapping[str, Code]] = dict(
    sorted(
        {
            **CODES,
            **{
                code: Code(code, severity, title, adjustable=severity is not Severity.ERROR)
                for code, (severity, title) in PROBLEM_CODES.items()
            },
        }.items()
    )
)
"""Sorted by code."""
