"""The project's own source files, parsed once."""

import ast
from pathlib import Path

import pytest

PACKAGES = ("dsl/surestep_dsl", "codegen/surestep_codegen", "runtime/surestep")


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def modules(root: Path) -> dict[str, ast.Module]:
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    return {path.relative_to(root).as_posix(): ast.parse(path.read_text()) for path in paths}
