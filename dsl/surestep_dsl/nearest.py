"""Did you mean ...? The nearest of the names that would have been right."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["did_you_mean", "nearest"]


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `name`, or None where none is near; case, `-` and `_` count little."""
    by_plain: dict[str, str] = {}
    for candidate in sorted(candidates):
        by_plain.setdefault(_plain(candidate), candidate)
    if found := get_close_matches(_plain(name), by_plain, n=1, cutoff=0.65):
        return by_plain[found[0]]
    return None


def did_you_mean(name: str, candidates: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint with the nearest candidate; `otherwise` where none is near."""
    found = nearest(name, candidates)
    return f"did you mean `{found}`?" if found else otherwise


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
