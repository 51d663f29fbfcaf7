"""The pytest plugin: a directory of histories as tests, and a fixture for tests that replay one themselves.

Loaded in every session of pytest where surestep is installed, so it imports what it needs when it needs it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from typing_extensions import override

if TYPE_CHECKING:
    from surestep.authoring.registry import Registry

__all__ = ["ReplayHistory", "pytest_addoption", "pytest_collect_file", "pytest_configure", "replay_history"]

ReplayHistory: TypeAlias = "Callable[[Registry, Path], None]"
"""Replays the history in a file against a registry's handlers; an AssertionError says what disagrees."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option `--surestep-histories`."""
    parser.getgroup("surestep").addoption(
        "--surestep-histories",
        action="append",
        default=[],
        type=Path,
        metavar="DIR",
        help="replay each history in DIR, as `surestep runs export` writes them, against the project's handlers",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the directories of histories besides all else."""
    config.args += [str(folder) for folder in _folders(config)]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "_HistoryFile | None":
    """Each history is a file of tests."""
    is_history = file_path.suffix == ".json" and file_path.parent in _folders(parent.config)
    return _HistoryFile.from_parent(parent, path=file_path) if is_history else None


@pytest.fixture
def replay_history() -> ReplayHistory:
    """Replay the history in a file against a registry's handlers, and fail with what disagrees."""
    from surestep.testing.replay_files import check_history

    return check_history


def _folders(config: pytest.Config) -> list[Path]:
    given: list[Path] = config.getoption("--surestep-histories")
    return [(config.invocation_params.dir / folder).resolve() for folder in given]


class _HistoryFile(pytest.File):
    @override
    def collect(self) -> Iterator["_HistoryItem"]:
        yield _HistoryItem.from_parent(self, name="replay")


class _HistoryItem(pytest.Item):
    @override
    def runtest(self) -> None:
        from surestep.testing.replay_files import check_history, find_registry

        check_history(find_registry(self.config.rootpath), self.path)

    @override
    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """What disagrees, without the frames of ours; anything else in full."""
        if isinstance(excinfo.value, AssertionError | LookupError):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    @override
    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"replay of {self.path.stem}"
