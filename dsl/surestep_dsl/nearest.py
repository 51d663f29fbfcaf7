"""Did you mean ...? The nearest of the names that would have been right."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

__all__ = ["did_you_mean", "limited_guesses", "nearest"]

_LIKENESS: Final = 0.65
"""From 0 to 1: below this a guess is more often wrong than right."""
_MAX_COMPARED: Final = 20
"""Names that are compared letter by letter, at about 10 microseconds each."""
_MAX_TALLIED: Final = 300
"""Names that are counted for sharing a pair of letters, before the ones that share most are compared."""
_MAX_CHARACTERS: Final = 64
"""The longest name that is guessed at: comparing costs the product of both lengths."""
_MAX_CROWD: Final = 10_000
"""Names among which one is looked for: sorting them by their letters takes 10 microseconds each."""


@contextmanager
def limited_guesses(count: int) -> Iterator[None]:
    """Inside, only the first `count` guesses are made, and names to guess from are sorted once."""
    token = _WORK.set(_Work(count))
    try:
        yield
    finally:
        _WORK.reset(token)


def nearest(name: str, candidates: Collection[str]) -> str | None:
    """The candidate most like `name`, or None where none is near; case, `-` and `_` count little.

    Among many candidates it is the most alike of those that share the rarest pairs of letters with `name`. Of equally
    like ones it is always the same.
    """
    if len(name) > _MAX_CHARACTERS or len(candidates) > _MAX_CROWD:
        return None
    work = _WORK.get() or _Work(1)
    if work.guesses_left <= 0:
        return None
    work.guesses_left -= 1
    names = frozenset(candidates)
    crowd = work.crowds.get(names) or work.crowds.setdefault(names, _Crowd.of(names))
    plain = _plain(name)
    likely = tuple(crowd.by_plain) if len(crowd.by_plain) <= _MAX_COMPARED else crowd.sharing_most(plain)
    found = get_close_matches(plain, likely, n=1, cutoff=_LIKENESS)
    return crowd.by_plain[found[0]] if found else None


def did_you_mean(name: str, candidates: Collection[str], otherwise: str | None = None) -> str | None:
    """A hint with the nearest candidate; `otherwise` where none is near."""
    found = nearest(name, candidates)
    return f"did you mean `{found}`?" if found else otherwise


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Candidates by their plain form, and the plain forms by their pairs of letters."""

    by_plain: dict[str, str]
    by_pair: dict[str, list[str]]

    @classmethod
    def of(cls, candidates: frozenset[str]) -> "_Crowd":
        by_plain: dict[str, str] = {}
        for candidate in sorted(candidates):
            if len(candidate) <= _MAX_CHARACTERS:
                by_plain.setdefault(_plain(candidate), candidate)
        by_pair: dict[str, list[str]] = {}
        if len(by_plain) > _MAX_COMPARED:
            for plain in by_plain:
                for pair in _pairs(plain):
                    by_pair.setdefault(pair, []).append(plain)
        return cls(by_plain, by_pair)

    def sharing_most(self, plain: str) -> list[str]:
        """The few that share most pairs with `plain`; pairs that few names have are looked at first."""
        shared: Counter[str] = Counter()
        tallied = 0
        for names in sorted((self.by_pair.get(pair, []) for pair in _pairs(plain)), key=len):
            shared.update(names[: _MAX_TALLIED - tallied])
            tallied += len(names)
            if tallied >= _MAX_TALLIED:
                break
        alike = sorted(shared, key=lambda other: (-shared[other], abs(len(other) - len(plain)), other))
        return alike[:_MAX_COMPARED]


@dataclass(slots=True)
class _Work:
    """What may still be guessed, and the names that were sorted for earlier guesses."""

    guesses_left: int
    crowds: dict[frozenset[str], _Crowd] = field(default_factory=dict)


_WORK: Final[ContextVar[_Work | None]] = ContextVar("guesses", default=None)


def _pairs(plain: str) -> list[str]:
    """Neighbouring letters, each pair once, in the order written."""
    return list(dict.fromkeys(map("".join, pairwise(plain))))


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
