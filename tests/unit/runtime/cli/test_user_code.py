import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from surestep.cli.problem import FindingError
from surestep.cli.user_code import load_registry

REGISTRY = """
from surestep import Registry
REGISTRY = Registry(app="shop", functions={"greet": "shop_under_test.greet:greet"},
                    handlers={"greet": "shop_under_test.handler"})
"""
FUNCTION = """
from surestep import Function
from surestep_dsl.flow import FunctionOptions
greet = Function(FunctionOptions(id="greet"))
"""
HANDLER = """
from shop_under_test.greet import greet
from surestep import Handler

async def call(ctx, step):
    return None

handle = Handler(greet, call)
"""

Load: TypeAlias = Callable[..., None]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Loads a package made of the files given, some of them at fault."""

    def load(**files: str) -> None:
        package = tmp_path / "shop_under_test"
        package.mkdir()
        texts = {"__init__": "", "registry": REGISTRY, "greet": FUNCTION, "handler": HANDLER} | files
        for name, text in texts.items():
            (package / f"{name}.py").write_text(text)
        load_registry(tmp_path, "shop_under_test")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield load
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop_under_test"]:
        del sys.modules[name]


def test_code_that_fits_is_loaded(load: Load) -> None:
    load()


def test_a_syntax_error_is_shown_with_its_line_and_a_caret(load: Load) -> None:
    with pytest.raises(FindingError) as caught:
        load(handler="async def handle(ctx, step):\n    return (1,\n")
    assert caught.value.message == "shop_under_test/handler.py:2:12: '(' was never closed"
    assert caught.value.details == ("return (1,", "       ^")


def test_an_error_while_importing_is_shown_where_the_users_code_raised_it(load: Load) -> None:
    with pytest.raises(FindingError) as caught:
        load(handler="import shop_under_test.prices\n", prices="\nRATE = 1 / 0\n")
    assert caught.value.message == "shop_under_test/prices.py:2: ZeroDivisionError: division by zero"
    assert caught.value.details == ("imported from shop_under_test/handler.py:1",)


def test_a_missing_library_comes_with_the_question_that_mends_it(load: Load) -> None:
    with pytest.raises(FindingError, match=r"handler.py:1: ModuleNotFoundError: No module named 'no_such'") as caught:
        load(handler="import no_such\n")
    assert caught.value.hint == "is it installed in this environment?"


def test_a_missing_handler_names_the_function_and_the_module(load: Load) -> None:
    with pytest.raises(FindingError) as caught:
        load(handler="")
    assert caught.value.message == (
        "function greet needs 'handle' in shop_under_test.handler, which does not define it"
    )
    assert "`surestep generate`" in (caught.value.hint or "")


def test_a_module_that_would_end_the_process_is_named(load: Load) -> None:
    with pytest.raises(FindingError) as caught:
        load(handler='import sys\nsys.exit("no settings")\n')
    assert caught.value.message == "shop_under_test/handler.py:2: SystemExit: no settings"


@pytest.mark.parametrize("package", ["shop_under_test.contract", "nowhere", "json"])
def test_a_package_that_is_not_generated_is_told_with_what_writes_it(load: Load, tmp_path: Path, package: str) -> None:
    load()
    with pytest.raises(FindingError) as caught:
        load_registry(tmp_path, package)
    assert caught.value.message == f"there is no generated package {package} in {tmp_path}"
    assert caught.value.hint == "`surestep generate` writes it; its name stands in pyproject.toml as `package`"
