"""The table of effects that the guard goes by: the common one, and what the project of this process adds to it."""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.effects import EFFECTS, Effect, EffectKind, entry_of

__all__ = ["extend_effects", "is_declared_pure", "known_effects"]

known_effects: Final[dict[str, Effect]] = dict(EFFECTS)
"""By dotted name."""

_added: Final[dict[str, Effect]] = {}


def extend_effects(effects: Mapping[str, Effect]) -> None:
    """Add what a project says of functions, classes and modules; before handlers run."""
    known_effects.update(effects)
    _added.update(effects)


def is_declared_pure(name: str) -> bool:
    """Whether the project says of a function, or of what holds it, that it gives the same on every replay."""
    found = entry_of(name, _added) if _added else None
    return found is not None and found.kind is EffectKind.PURE
