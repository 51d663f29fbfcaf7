"""Histories in files as tests: each is replayed against a registry's handlers and must agree."""

import importlib
import sys
from pathlib import Path

from surestep.authoring.registry import Registry
from surestep.engines.histories import UnreadableHistoryError, parse_history
from surestep.engines.replaying import App, Verdict, replay_run
from surestep.guard.guard import Guard, GuardMode
from surestep_dsl.settings import Settings, find_source, load_settings

__all__ = ["check_history", "find_registry"]


def check_history(registry: Registry, path: Path) -> None:
    """Replay the history in a file.

    Raises:
        AssertionError: the handler asks for something else, ends otherwise or is gone, or the file is no history.
    """
    try:
        stored = parse_history(path.read_bytes())
    except UnreadableHistoryError as error:
        raise AssertionError(f"{path} is no history: {error}") from None
    app = App(registry, registry.load_functions(), Guard(GuardMode.STRICT).resume)
    found = replay_run(app, stored)
    if found.verdict is not Verdict.AGREES:
        raise AssertionError(found.message)


def find_registry(start: Path) -> Registry:
    """The registry of the project that a directory lies in, by its settings.

    Raises:
        LookupError: there are no settings, or they are wrong.
    """
    match load_settings(start):
        case Settings() as settings:
            source = str(find_source(settings))
            if source not in sys.path:
                sys.path.insert(0, source)
            registry: Registry = importlib.import_module(f"{settings.package}.registry").REGISTRY
            return registry
        case faults:
            raise LookupError("; ".join(found.message for found in faults))
