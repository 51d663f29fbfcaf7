"""Which options of a spec an engine honours. A spec that needs more is refused at start, never weakened."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Final

from surestep.errors import ConfigurationError
from surestep_dsl.flow import FunctionOptions

__all__ = ["EMBEDDED", "check_capabilities"]

EMBEDDED: Final = frozenset(
    {"id", "name", "description", "triggers", "retries", "cancel_on", "timeouts", "emits", "on_failure"}
)
"""Options of `FunctionOptions` that the embedded engine carries out."""


def check_capabilities(functions: Iterable[FunctionOptions], honoured: frozenset[str], engine: str) -> None:
    """Refuse options that an engine does not honour.

    Raises:
        ConfigurationError: names every function and option concerned.
    """
    defaults = FunctionOptions(id="")
    faults = [
        f"function {options.id}: {field.name}"
        for options in functions
        for field in fields(options)
        if field.name not in honoured and getattr(options, field.name) != getattr(defaults, field.name)
    ]
    if faults:
        listed = "\n  ".join(faults)
        raise ConfigurationError(
            f"the {engine} engine does not honour these options yet:\n  {listed}",
            hint="remove them from the specs, or run the app on an engine that honours them",
        )
