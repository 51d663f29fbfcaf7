"""Runs an engine and its HTTP API on a listening socket until told to stop.

With reload this is a child process: it imports the user's code first, says so, and waits for leave to go on. Code that
cannot be imported thus never takes the place of a server that works.
"""

import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click
import uvicorn
from typing_extensions import override

from surestep.authoring.registry import Registry
from surestep.cli.problem import ProblemError
from surestep.cli.service import GO, READY, SERVING, Access, Service
from surestep.cli.user_code import load_registry
from surestep.core.decisions import RunLimits
from surestep.engines.border import Rules
from surestep.engines.determinism import Comparison, Determinism
from surestep.engines.embedded import Engine
from surestep.engines.garbage import relieve_collector
from surestep.engines.waiters import waiter_matches
from surestep.errors import ConfigurationError, StoreError
from surestep.guard.effects import extend_effects
from surestep.guard.guard import GuardMode, guard_mode
from surestep.http.app import create_app
from surestep.http.guard import LOOPBACK_HOSTS
from surestep.limits import DRAIN_MS, EVENT_BYTES, EVENTS_PER_REQUEST, RESULT_BYTES, RUN_BYTES, STEPS_PER_RUN
from surestep.storage.keyring import load_keyring
from surestep.storage.sqlite import SqliteStore
from surestep_dsl.effects import EffectKind, own_effect

__all__ = ["serve"]


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would raise them again before the engine has come to rest."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _echo(text: str) -> None:
    click.echo(text, err=True)


def serve(
    service: Service,
    listener: socket.socket,
    control: socket.socket | None = None,
    *,
    access: Access | None = None,
    say: Callable[[str], None] = _echo,
) -> None:
    """Serve until SIGINT, SIGTERM, or the end of the process at the other end of `control`.

    Args:
        service: what to serve.
        listener: the socket to serve on.
        control: leads to the supervisor, if there is one.
        access: the keys that requests must carry; None for a developer's own machine.
        say: tells that requests are answered, and that they no longer are.

    Raises:
        ProblemError: the user's code or the store cannot be used.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    registry = load_registry(Path(service.source), service.package)
    if control:
        control.sendall(READY)
        if control.recv(1) != GO:
            return
    relieve_collector()
    extend_effects({name: own_effect(name, EffectKind(kind)) for name, kind in service.effects.items()})
    try:
        asyncio.run(_serve(service, registry, listener, control, access, say))
    except (ConfigurationError, StoreError) as error:
        hint = error.hint if isinstance(error, ConfigurationError) else None
        raise ProblemError(f"{error} [{error.code}]", hint) from None


async def _serve(
    service: Service,
    registry: Registry,
    listener: socket.socket,
    control: socket.socket | None,
    access: Access | None,
    say: Callable[[str], None],
) -> None:
    store = await SqliteStore.open(
        service.store,
        matches=waiter_matches,
        synchronous=service.synchronous,
        keyring=load_keyring(),
        upgrade="refuse" if access else "backup",
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        engine = _engine(service, registry, store)
        await stack.enter_async_context(engine)
        patience = DRAIN_MS // 1000
        keys, api_keys, hosts = _doors(listener, access)
        count = _rules(service).events_per_request
        app = create_app(engine, keys, api_keys=api_keys, hosts=hosts, events_per_request=count)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=patience
        )
        server = _Server(config)
        _stop_when_told(server, control, say)
        say(service.banner)
        if control:
            control.sendall(SERVING)
        await server.serve(sockets=[listener])


def _engine(service: Service, registry: Registry, store: SqliteStore) -> Engine:
    comparison = {function_id: Comparison(value) for function_id, value in service.comparison.items()}
    return Engine(
        registry=registry,
        store=store,
        allow_plain_sensitive=os.environ.get("SURESTEP_PLAIN_SENSITIVE") == "1",
        rules=_rules(service),
        determinism=Determinism(comparison, service.shadow_replay),
        limits=_run_limits(service.limits),
        guard=guard_mode(GuardMode(service.guard)),
    )


def _doors(listener: socket.socket, access: Access | None) -> tuple[frozenset[str] | None, ...]:
    """Event keys, API keys and names of hosts that are let in; None for any."""
    if access:  # pages of other sites have no keys, and a proxy may address this server by any name
        return access.event_keys, access.api_keys, None
    is_private = ipaddress.ip_address(listener.getsockname()[0]).is_loopback
    return None, None, LOOPBACK_HOSTS if is_private else None


def _rules(service: Service) -> Rules:
    limits = service.limits
    return Rules(
        service.unknown_events,
        limits.get("events_per_request", EVENTS_PER_REQUEST),
        limits.get("event_bytes", EVENT_BYTES),
    )


def _run_limits(limits: Mapping[str, int]) -> RunLimits:
    return RunLimits(
        limits.get("steps_per_run", STEPS_PER_RUN),
        limits.get("result_bytes", RESULT_BYTES),
        limits.get("run_bytes", RUN_BYTES),
    )


def _stop_when_told(server: uvicorn.Server, control: socket.socket | None, say: Callable[[str], None]) -> None:
    def stop() -> None:
        if control:
            loop.remove_reader(control)
        if server.should_exit:
            end_at_once()
        server.should_exit = True
        loop.call_later(DRAIN_MS / 1000, end_at_once)
        if not control:
            say("\nstopping; a second signal stops at once")

    def end_at_once() -> None:
        os._exit(128 + signal.SIGINT)  # the store bears it as it bears a crash

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if control:
        loop.add_reader(control, stop)


def _main() -> None:
    """Entry of the child process: the service as JSON, then the descriptors of listener and control."""
    service = Service(**json.loads(sys.argv[1]))
    with socket.socket(fileno=int(sys.argv[2])) as listener, socket.socket(fileno=int(sys.argv[3])) as control:
        try:
            serve(service, listener, control)
        except ProblemError as problem:
            problem.show()
            sys.exit(problem.exit_code)


if __name__ == "__main__":
    _main()
