"""Examines a project and says what to do: one check per file, and their order here."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from surestep_codegen.doctor.generated import check_generated
from surestep_codegen.doctor.handlers import check_handlers
from surestep_codegen.doctor.importable import check_importable
from surestep_codegen.doctor.settings import check_settings
from surestep_codegen.doctor.specs import check_specs
from surestep_codegen.doctor.sqlite import check_sqlite
from surestep_codegen.doctor.subject import Subject, load_subject
from surestep_codegen.doctor.type_checker import check_type_checker
from surestep_codegen.doctor.versions import check_versions
from surestep_dsl.diagnostics import Diagnostic

__all__ = ["CHECKS", "Check", "Subject", "load_subject"]

Check: TypeAlias = Callable[[Subject], Iterator[Diagnostic]]

CHECKS: Final[tuple[Check, ...]] = (
    check_versions,
    check_sqlite,
    check_settings,
    check_specs,
    check_importable,
    check_generated,
    check_handlers,
    check_type_checker,
)
"""From what everything else needs to what is a matter of settings."""
