"""The plugin and the lint keep what they know of modules in one store; the plugin leaves out what rules say."""

from pathlib import Path

import pytest

from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.store import FactsStore
from surestep_codegen.lint.targets import find_project_targets
from surestep_codegen.mypy_plugin.program import HandlerProgram, load_program
from surestep_dsl.settings import Settings, load_settings

TEXTS = {
    "pyproject.toml": '[tool.surestep]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n',
    "shop/handlers.py": """
from shop.contract.functions.order import order
from shop.tools import double

@order
async def handle(ctx, step):
    return [double(one) for one in {1, 2}]
""",
    "shop/tools.py": "import csv\n\ndef double(number):\n    return 2 * csv.field_size_limit(number)\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def program_of(folder: Path) -> HandlerProgram:
    program = load_program(folder)
    assert program is not None
    return program


def lint(folder: Path) -> tuple[list[str], int]:
    """Codes of what the lint finds, and how many modules it read."""
    settings = load_settings(folder)
    assert isinstance(settings, Settings)
    targets = find_project_targets(settings)
    store = FactsStore(folder)
    linted = lint_files(targets.files, targets.roots, targets.signs, base=folder, store=store, is_whole=True)
    return [finding.diagnostic.code for finding in linted.findings], linted.read_anew


def test_the_lint_reads_only_handlers_again_after_the_plugin(shop: Path) -> None:
    assert set(program_of(shop).ways) == {"shop.handlers", "shop.tools"}
    assert lint(shop) == (["D116"], 1)
    assert lint(shop) == (["D116"], 0)


def test_the_plugin_takes_what_the_lint_knows(shop: Path) -> None:
    lint(shop)
    kept = (shop / ".surestep_cache/facts.json").read_text()
    ways = program_of(shop).ways
    assert (shop / ".surestep_cache/facts.json").read_text() == kept
    assert set(ways) == {"shop.handlers", "shop.tools"}


def test_what_rules_say_is_read_when_it_is_asked_for(shop: Path) -> None:
    program = program_of(shop)
    handlers = program.judge.program.module("shop.handlers")
    assert handlers is not None
    assert handlers.functions["handle"].faults == ()
    assert list(program.said_by_lint("shop.handlers")) == [("D116", 7)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", f'{TEXTS["pyproject.toml"]}[tool.surestep.determinism.impure]\n"math.fsum" = "random"\n'),
        ("math.py", "from random import random as fsum\n"),
    ],
)
def test_only_what_is_known_to_compute_only_is_left_out(shop: Path, name: str, text: str) -> None:
    (shop / "shop/tools.py").write_text("import math\n\ndef double(number):\n    return math.fsum([number, number])\n")
    assert set(program_of(shop).ways) == {"shop.handlers"}
    (shop / name).write_text(text)
    assert set(program_of(shop).ways) == {"shop.handlers", "shop.tools"}
