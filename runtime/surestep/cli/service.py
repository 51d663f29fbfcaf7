"""What a server process is told, and the words it exchanges with its supervisor."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = ["GO", "READY", "SERVING", "Service"]

READY: Final = b"r"
"""The child to the supervisor: the user's code is imported."""

GO: Final = b"g"
"""The supervisor to the child: the store and the socket are yours."""

SERVING: Final = b"s"
"""The child to the supervisor: requests are answered."""


@dataclass(frozen=True, slots=True)
class Service:
    """What to serve.

    Attributes:
        source: the directory that the user's packages lie in.
        package: dotted name of the generated package.
        store: the SQLite file.
        banner: what to print once requests are answered.
        unknown_events: what to do about events that nobody declared.
        comparison: what to do about runs that disagree with their histories, by function id.
        shadow_replay: which part of the runs that finish to replay.
        limits: those that the settings set.
        guard: how closely to watch handler code, where the environment says nothing else.
        effects: kinds of effects that the settings state, by dotted name.
        synchronous: what answers survive: `full` also power loss, `normal` the end of the process only.
    """

    source: str
    package: str
    store: str
    banner: str
    unknown_events: Literal["refuse", "accept"] = "refuse"
    comparison: Mapping[str, str] = field(default_factory=dict)
    shadow_replay: float = 0.0
    limits: Mapping[str, int] = field(default_factory=dict)
    guard: Literal["strict", "light", "off"] = "strict"
    effects: Mapping[str, str] = field(default_factory=dict)
    synchronous: Literal["full", "normal"] = "full"
