"""What a server process is told, and the words it exchanges with its supervisor."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from surestep_dsl.settings import Settings

__all__ = ["GO", "READY", "SERVING", "Access", "Service", "address_of", "service_of"]

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


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a server in production.

    Attributes:
        event_keys: may send events.
        api_keys: may do everything else.
    """

    event_keys: frozenset[str]
    api_keys: frozenset[str]


def service_of(settings: "Settings", source: Path, store: Path, banner: str) -> Service:
    """What the settings of a project say about serving it."""
    determinism = settings.determinism
    return Service(
        str(source),
        settings.package,
        str(store),
        banner,
        settings.unknown_events,
        determinism.comparison,
        determinism.shadow_replay,
        settings.limits,
        determinism.guard,
        {name: effect.kind.value for name, effect in determinism.effects.items()},
        settings.synchronous,
    )


def address_of(listener: socket.socket) -> str:
    """The address of a server, as a URL."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
