"""The suite of mutations: small handlers, each with what it does wrong and which nets must catch it.

A section of `cases/*.txt` is one app: `### name: kind by net, net` or `### name: harmless`, then the handler's module,
then further modules, each after a line `--- name.py`. A net with `from 3.12` catches it on that Python and later.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One small app.

    Attributes:
        kind: what differs from replay to replay; None where nothing does.
        nets: those that must catch it on this Python; for a harmless one, those it is harmless for, or none for all.
        modules: file names and texts.
    """

    name: str
    kind: str | None
    nets: frozenset[str]
    modules: dict[str, str]

    def write(self, folder: Path) -> Path:
        """Write its modules; gives the handler's."""
        for name, text in self.modules.items():
            (folder / name).write_text(text)
        return folder / "handler.py"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for `caught` or `harmless` get each such case of the net that their module names."""
    for argument in {"caught", "harmless"} & set(metafunc.fixturenames):
        cases = [case for case in read_cases(metafunc.module.NET) if bool(case.kind) == (argument == "caught")]
        metafunc.parametrize(argument, cases, ids=[case.name for case in cases])


@pytest.fixture(scope="session")
def all_cases() -> list[Case]:
    """The whole suite."""
    return [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]


def read_cases(net: str) -> list[Case]:
    """The cases a net must catch, and the harmless ones that it must let pass."""
    cases = [case for path in sorted(CASES.glob("*.txt")) for case in _read(path)]
    return [case for case in cases if net in case.nets or (case.kind is None and not case.nets)]


def _read(path: Path) -> list[Case]:
    _, *sections = re.split(r"^### ", path.read_text(), flags=re.MULTILINE)
    return [_case(path.stem, section) for section in sections]


def _case(group: str, section: str) -> Case:
    title, _, body = section.partition("\n")
    name, _, verdict = title.partition(": ")
    kind, _, nets = verdict.partition(" by ") if " by " in verdict else verdict.partition(" for ")
    first, *others = re.split(r"^--- (\S+)\n", body, flags=re.MULTILINE)
    modules = {"handler.py": first, **dict(zip(others[::2], others[1::2], strict=True))}
    caught = frozenset(net.split(" from ")[0] for net in nets.split(", ") if net and _holds(net))
    return Case(f"{group}-{name}", None if kind == "harmless" else kind, caught, modules)


def _holds(net: str) -> bool:
    _, _, version = net.partition(" from 3.")
    return not version or sys.version_info >= (3, int(version))
