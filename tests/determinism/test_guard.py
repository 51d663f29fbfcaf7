"""The second net alone: what handler code does while it runs."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from surestep.errors import NonDeterminismError
from surestep.guard.guard import Guard, GuardMode

NET = "guard"


class FakeContext:
    def now(self) -> int:
        return 5


class FakeStep:
    def run(self, step_id: str, body: Any) -> str:
        return step_id


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(tmp_path))

    def import_handler(case: Any) -> ModuleType:
        case.write(tmp_path)
        importlib.invalidate_caches()
        return importlib.import_module("handler")

    yield import_handler
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def finish(handler: Any) -> object:
    """Run a handler that waits for nothing; twice, since a guard must not look away the second time."""
    guard = Guard(GuardMode.STRICT)
    found: object = None
    for _ in range(2):
        coroutine = handler(FakeContext(), FakeStep())
        try:
            found = guard.resume(coroutine, None, None)
        except StopIteration as end:
            found = end.value
        finally:
            coroutine.close()
    return found


def test_it_refuses(caught: Any, load: Any) -> None:
    handler = load(caught).handle

    with pytest.raises(NonDeterminismError, match=rf"\({caught.kind}\) at .*\.py:\d+ in "):
        finish(handler)


def test_it_lets_pass(harmless: Any, load: Any) -> None:
    finish(load(harmless).handle)
