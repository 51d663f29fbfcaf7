"""Code of all kinds, as if all of it were handlers: whatever is said of it, nothing fails."""

import asyncio
import email
from pathlib import Path
from types import ModuleType

import pytest
from typing_extensions import override

from surestep_codegen.lint.handlers import Definition, HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.names import Scope


class EveryFunction(HandlerSigns):
    """All functions are handlers."""

    @override
    def is_handler(self, node: Definition, scope: Scope) -> bool:
        return True


@pytest.mark.parametrize("package", [asyncio, email], ids=["asyncio", "email"])
def test_packages_of_the_standard_library_are_linted(package: ModuleType) -> None:
    folder = Path(package.__path__[0])
    files = sorted(folder.glob("*.py"))
    linted = lint_files(files, [folder], EveryFunction(), base=folder)
    assert linted.handlers > 100
    assert "clock" in {one.kind for one in linted.findings}
