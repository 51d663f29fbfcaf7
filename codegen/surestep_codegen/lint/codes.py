"""All codes that the lint reports with: its own, and those about silencing."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.codes import CODES, Code
from surestep_dsl.determinism_codes import DETERMINISM_CODES

__all__ = ["LINT_CODES"]

LINT_CODES: Final[Mapping[str, Code]] = {
    **DETERMINISM_CODES,
    **{code: CODES[code] for code in ("S201", "S202", "S203")},
}
