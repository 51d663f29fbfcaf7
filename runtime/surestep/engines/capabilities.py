"""Which options of a spec an engine honours. A spec that needs more is refused at start, never weakened."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Final

from surestep.errors import ConfigurationError
from surestep_dsl.flow import FunctionOptions

__all__ = ["EMBEDDED", "check_capabilities"]

EMBEDDED: Final = frozenset(
    {
        "id",
        "name",
        "description",
        "triggers",
        "retries",
        "idempotency",
        "concurrency",
        "throttle",
        "rate_limit",
        "debounce",
        "priority",
        "batch_events",
        "checkpointing",
        "singleton",
        "cancel_on",
        "timeouts",
        "emits",
        "on_failure",
        "on_cancel",
        "job",
    }
)
"""Options of `FunctionOptions` that the embedded engine carries out."""


def check_capabilities(functions: Iterable[FunctionOptions], honoured: frozenset[str], engine: str) -> None:
    """Refuse options that an engine does not honour.

    Raises:
        ConfigurationError: names every function and option concerned.
    """
    defaults = FunctionOptions(id="")
    faults = [
        f"function {options.id}: {name}"
        for options in functions
        for name in _stated(options, defaults)
        if name not in honoured
    ]
    if faults:
        listed = "".join(f"\n  {fault}" for fault in faults)
        raise ConfigurationError(
            f"the {engine} engine does not honour some options yet:{listed}", hint="take them out of the specs"
        )


def _stated(options: FunctionOptions, defaults: FunctionOptions) -> Iterator[str]:
    """The options that differ from their defaults."""
    for field in fields(options):
        if getattr(options, field.name) != getattr(defaults, field.name):
            yield field.name
