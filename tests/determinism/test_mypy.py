"""The third net alone: what only types tell. One run of mypy over all cases, each in a package of its own."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NET = "mypy"
ROOT = Path(__file__).parents[2]
SETTINGS = """
[tool.surestep]
package = "contract"
handlers = "cases"

[tool.mypy]
strict = true
plugins = ["surestep_codegen.mypy"]
disable_error_code = ["no-untyped-def", "no-untyped-call", "type-arg", "misc", "unused-ignore"]
"""
CONTRACT = """
from typing import Any, Callable, TypeVar

T = TypeVar("T")

def case(handler: T) -> T:
    return handler
"""
HEADER = """
from typing import Any
from surestep import Context, Step
from contract.functions.case import case
"""


def package_of(case: Any) -> str:
    return f"case_{re.sub(r'[^a-z0-9]', '_', case.name)}"


def write_case(case: Any, root: Path) -> None:
    """The handler with its declaration and with types; imports among the case's modules are absolute."""
    package = package_of(case)
    folder = root / "cases" / package
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    names = "|".join(name.removesuffix(".py") for name in case.modules)
    for name, text in case.modules.items():
        text_here = re.sub(rf"^from ({names}) import", rf"from cases.{package}.\1 import", text, flags=re.MULTILINE)
        text_here = re.sub(rf"^import ({names})$", rf"import cases.{package}.\1 as \1", text_here, flags=re.MULTILINE)
        typed = r"\1@case\n\1async def handle(ctx: Context[Any], step: Step[Any])"
        text_here = re.sub(r"^( *)async def handle\(ctx, step\)", typed, text_here, flags=re.MULTILINE)
        (folder / name).write_text(HEADER + text_here if name == "handler.py" else text_here)


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory, all_cases: list[Any]) -> dict[str, set[str]]:
    """Kinds of faults by package."""
    root = tmp_path_factory.mktemp("determinism")
    for case in all_cases:
        write_case(case, root)
    (root / "cases" / "__init__.py").write_text("")
    (root / "contract" / "functions").mkdir(parents=True)
    (root / "contract" / "__init__.py").write_text("")
    (root / "contract" / "functions" / "__init__.py").write_text("")
    (root / "contract" / "functions" / "case.py").write_text(CONTRACT)
    (root / "pyproject.toml").write_text(SETTINGS)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "cases"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    found: dict[str, set[str]] = {}
    told = r"^cases/(\w+)/.*(?:\[surestep-([a-z-]+)\]|note: D\d+ handler code reaches .*\(([a-z-]+)\), .*)$"
    for package, kind, noted in re.findall(told, ran.stdout, re.MULTILINE):
        found.setdefault(package, set()).add(kind or noted)
    assert ran.stderr == ""
    return found


def test_it_finds(caught: Any, findings: dict[str, set[str]]) -> None:
    assert caught.kind in findings.get(package_of(caught), set())


def test_it_lets_pass(harmless: Any, findings: dict[str, set[str]]) -> None:
    assert findings.get(package_of(harmless), set()) == set()


def test_it_does_not_repeat_the_lint(all_cases: list[Any], findings: dict[str, set[str]]) -> None:
    said = {package_of(case) for case in all_cases if "lint" in case.nets}
    assert {package: kinds for package, kinds in findings.items() if package in said} == {}
