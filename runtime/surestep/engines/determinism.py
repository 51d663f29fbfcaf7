"""How strictly an engine compares replays with histories, and how many finished runs it replays to look for trouble."""

import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from surestep.core.divergence import Diverged, describe_divergence
from surestep.core.lenient import LenientTurn
from surestep.core.pending import Desk
from surestep.core.turn import Resume, Turn
from surestep.errors import ConfigurationError
from surestep.storage.port import RunRow
from surestep_dsl.nearest import did_you_mean

__all__ = ["Comparison", "Determinism"]

_logger = logging.getLogger("surestep.engine")


class Comparison(StrEnum):
    """What happens to a run whose handler disagrees with its history."""

    STRICT = "strict"  # it is blocked until fitting code is served
    WARN = "warn"  # the first disagreement is logged, and it goes on
    OFF = "off"  # it goes on, as on other engines


@dataclass(frozen=True, slots=True)
class Determinism:
    """What an engine does about it.

    Attributes:
        comparison: by function id; STRICT where nothing is stated.
        shadow_replay: which part of the runs that finish is replayed, beside the engine's work: 0 none, 1 all.
    """

    comparison: Mapping[str, Comparison] = field(default_factory=dict)
    shadow_replay: float = 0.0

    def check(self, function_ids: Iterable[str]) -> None:
        """See that it fits an app.

        Raises:
            ConfigurationError: it names a function that the app does not have, or a part that is none.
        """
        if not 0 <= self.shadow_replay <= 1:
            raise ConfigurationError(f"shadow_replay is {self.shadow_replay}; it is a part of all runs, from 0 to 1")
        known = set(function_ids)
        for function_id in self.comparison:
            if function_id not in known:
                raise ConfigurationError(
                    f"comparison names {function_id}, and the app has no such function",
                    did_you_mean(function_id, sorted(known)),
                )

    def compares(self, function_id: str) -> bool:
        """Whether a run of a function must agree with its history."""
        return self._comparison_of(function_id) is Comparison.STRICT

    def make_turn(
        self,
        row: RunRow,
        desk: Desk,
        start: Callable[[Turn], Coroutine[Any, Any, object]],
        now_ms: int,
        resume: Resume,
    ) -> Turn:
        """A turn of a run, as strict as its function wants it; the last four arguments are the turn's."""
        comparison = self._comparison_of(row.function_id)
        if comparison is Comparison.STRICT:
            return Turn(desk, start, now_ms, resume)

        def tell(diverged: Diverged) -> None:
            if comparison is Comparison.WARN:
                message = describe_divergence(diverged, row.run_id, row.function_id)
                _logger.warning("R300 a run goes on that disagrees with its history: %s", message)

        return LenientTurn(desk, start, now_ms, resume, disagreed=tell)

    def _comparison_of(self, function_id: str) -> Comparison:
        return self.comparison.get(function_id.partition(":")[0], Comparison.STRICT)
