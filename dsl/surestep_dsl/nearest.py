"""Did you mean ...? The nearest of the names that would have been right."""

from collections.abc import Collection
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

__all__ = ["MAX_GUESSES", "did_you_mean", "nearest"]


MAX_GUESSES: Final = 100
"""After so many problems callers look for no nearest name any more: a guess costs more than the rest of the work."""
_LIKENESS: Final = 0.65
"""From 0 to 1: below this a guess is more often wrong than right."""
_MAX_CANDIDATES: Final = 100
"""Names that are compared letter by letter; among thousands of events that would take seconds."""
_MAX_CROWD: Final = 1_000
"""Names among which one is looked for, unless the caller counts its guesses: a guess among so many takes 1 ms."""


def nearest(name: str, candidates: Collection[str], *, in_crowd: bool = False) -> str | None:
    """The candidate most like `name`, or None where none is near; case, `-` and `_` count little.

    Args:
        name: what is written.
        candidates: what would be right.
        in_crowd: look even among very many; the caller sees to it that this does not happen often.
    """
    if len(candidates) > _MAX_CROWD and not in_crowd:
        return None
    plain = _plain(name)
    by_plain: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_plain.setdefault(_plain(candidate), candidate)
    likely = list(by_plain)
    if len(likely) > _MAX_CANDIDATES:
        pairs = _pairs(plain)
        likely.sort(key=lambda other: len(pairs & _pairs(other)), reverse=True)
        del likely[_MAX_CANDIDATES:]
    found = get_close_matches(plain, likely, n=1, cutoff=_LIKENESS)
    return by_plain[found[0]] if found else None


def did_you_mean(
    name: str, candidates: Collection[str], otherwise: str | None = None, *, in_crowd: bool = False
) -> str | None:
    """A hint with the nearest candidate; `otherwise` where none is near."""
    found = nearest(name, candidates, in_crowd=in_crowd)
    return f"did you mean `{found}`?" if found else otherwise


@lru_cache(maxsize=10_000)
def _pairs(name: str) -> frozenset[str]:
    """Neighbouring letters: a cheap measure of what two names share."""
    return frozenset(name[at : at + 2] for at in range(len(name) - 1))


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
