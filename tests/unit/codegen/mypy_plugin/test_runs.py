"""mypy says the same on cold, warm and parallel runs, and checks a handler again when what it reaches has changed."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

Run: TypeAlias = Callable[..., list[str]]

SETTINGS = """
[tool.surestep]
package = "shop.contract"
handlers = "shop.handlers"

[tool.mypy]
strict = true
plugins = ["surestep_codegen.mypy"]
disable_error_code = ["no-untyped-def", "misc"]
"""

DECLARATION = """
from typing import TypeVar

T = TypeVar("T")

def order(handler: T) -> T:
    return handler
"""

HANDLER = """
from typing import Any

from shop.contract.functions.order import order
from shop.pricing import rates
from surestep import Context, Step

@order
async def handle(ctx: Context[Any], step: Step[Any]) -> float:
    return rates()[0].value()
"""

PRICING = """
from shop.tools import stamp

class Rate:
    def value(self) -> float:
        return stamp()

def rates() -> list[Rate]:
    return [Rate()]
"""

PURE = """
def stamp() -> float:
    return 5.0
"""

IMPURE = """
import time

def stamp() -> float:
    return time.time()
"""

SHELF = """from pathlib import Path

PLACES: list[Path] = []

def look() -> float:
    return PLACES[0].stat().st_size
"""

FOUND = (
    "shop/handlers/order.py:10: error: D101 handler code reaches time.time (clock), which may differ on a replay: "
    "handle → Rate.value (pricing.py:5) → stamp (tools.py:4) → time.time; use `ctx.now()`  [surestep-clock]"
)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy keeps of all libraries that the shop imports."""
    folder = tmp_path_factory.mktemp("libraries")
    (folder / "imports.py").write_text("import time\nfrom pathlib import Path\nfrom surestep import Context, Step\n")
    (folder / "pyproject.toml").write_text(SETTINGS)
    mypy(folder, "imports.py")
    mypy(folder, "--num-workers=2", "imports.py")
    return folder / ".mypy_cache"


@pytest.fixture
def shop(tmp_path: Path, libraries: Path) -> Path:
    """A project whose handler reaches a helper of another module by a type; mypy has not seen it yet."""
    shutil.copytree(libraries, tmp_path / ".mypy_cache")
    texts = {
        "pyproject.toml": SETTINGS,
        "shop/__init__.py": "",
        "shop/contract/__init__.py": "",
        "shop/contract/functions/__init__.py": "",
        "shop/contract/functions/order.py": DECLARATION,
        "shop/handlers/__init__.py": "",
        "shop/handlers/order.py": HANDLER,
        "shop/pricing.py": PRICING,
        "shop/tools.py": IMPURE,
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(shop: Path) -> Run:
    """What mypy says, without its summary."""

    def run_mypy(*options: str) -> list[str]:
        ran = mypy(shop, *options, "shop")
        assert ran.stderr == ""
        return ran.stdout.splitlines()

    return run_mypy


def mypy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_warm_run_says_what_the_cold_one_said(run: Run) -> None:
    assert run() == [FOUND]
    assert run() == [FOUND]


def test_parallel_runs_say_it_cold_and_warm(run: Run) -> None:
    assert run("--num-workers=2") == [FOUND]
    assert run("--num-workers=2") == [FOUND]
    assert run() == [FOUND]


def test_a_run_without_a_cache_says_it(run: Run) -> None:
    assert run("--no-incremental") == [FOUND]


def test_files_in_the_order_of_the_text_say_it(run: Run) -> None:
    assert run("--no-local-partial-types") == [FOUND]


def test_a_helper_whose_body_becomes_pure_frees_the_handler(run: Run, shop: Path) -> None:
    assert run() == [FOUND]
    (shop / "shop/tools.py").write_text(PURE)
    assert run() == []


def test_a_helper_whose_body_becomes_impure_is_told_at_the_handler(run: Run, shop: Path) -> None:
    (shop / "shop/tools.py").write_text(PURE)
    assert run() == []
    (shop / "shop/tools.py").write_text(IMPURE)
    assert run() == [FOUND]
    assert run() == [FOUND]


def test_a_helper_that_moves_is_told_where_it_is_now(run: Run, shop: Path) -> None:
    assert run() == [FOUND]
    (shop / "shop/tools.py").write_text(f"\n\n{IMPURE}")
    assert run() == [FOUND.replace("tools.py:4", "tools.py:6")]


def test_a_helper_that_changes_without_effect_has_no_handler_checked_again(run: Run, shop: Path) -> None:
    (shop / "shop/tools.py").write_text(PURE)
    run()
    (shop / "shop/tools.py").write_text(PURE.replace("5.0", "16.0"))
    log = mypy(shop, "--verbose", "shop").stderr
    assert set(re.findall(r"Parsing \S+ \((shop[\w.]*)\)", log)) == {"shop.tools"}


def test_a_handler_that_reaches_a_helper_has_it_checked_again(run: Run, shop: Path) -> None:
    (shop / "shop/shelf.py").write_text(SHELF)
    (shop / "shop/handlers/order.py").write_text(HANDLER.replace("rates()[0].value()", "5.0"))
    assert run() == []
    (shop / "shop/handlers/order.py").write_text(
        HANDLER.replace("shop.pricing import rates", "shop.shelf import look").replace("rates()[0].value()", "look()")
    )
    chain = "handle → look (shelf.py:5) → pathlib.Path.stat"
    message = f"handler code reaches pathlib.Path.stat (io), which may differ on a replay: {chain}"
    assert run() == [f"shop/shelf.py:6: error: D105 {message}; use `step.run` around it  [surestep-io]"]


def test_comments_silence_it(run: Run, shop: Path) -> None:
    handler = shop / "shop/handlers/order.py"
    handler.write_text(HANDLER.replace("value()", "value()  # surestep: ignore[D101] the rate of the day"))
    assert run() == []
    handler.write_text(HANDLER.replace("value()", "value()  # type: ignore[surestep-clock]"))
    assert run() == []
    handler.write_text(HANDLER.replace("value()", "value()  # surestep: ignore[D101]"))
    assert run() == [FOUND]


def test_a_comment_in_a_helper_silences_it(run: Run, shop: Path) -> None:
    assert run() == [FOUND]
    (shop / "shop/tools.py").write_text(IMPURE.replace("time()\n", "time()  # surestep: ignore[D101] for logs only\n"))
    assert run() == []


def test_the_settings_choose_another_severity(run: Run, shop: Path) -> None:
    assert run() == [FOUND]
    settings = SETTINGS.replace('handlers"\n', 'handlers"\nseverity = { D101 = "warning" }\n')
    (shop / "pyproject.toml").write_text(settings)
    assert run() == [FOUND.replace(": error:", ": note:").removesuffix("  [surestep-clock]")]


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("shop.pricing.Rate.value", "shop.pricing.Rate.value"),
        ("shop.pricing.Rate", "shop.pricing.Rate.value"),
        ("builtins.float.as_integer_ratio", "builtins.float.as_integer_ratio"),
    ],
)
def test_what_the_project_adds_to_the_table_is_told_by_types(run: Run, shop: Path, added: str, told: str) -> None:
    (shop / "shop/tools.py").write_text(PURE)
    (shop / "shop/handlers/order.py").write_text(HANDLER.replace("value()", "value().as_integer_ratio()[0]"))
    assert run() == []
    (shop / "pyproject.toml").write_text(f'{SETTINGS}[tool.surestep.determinism.impure]\n"{added}" = "random"\n')
    (error,) = run()
    assert error.startswith(f"shop/handlers/order.py:10: error: D102 handler code reaches {told} (random),")


def test_what_the_lint_says_of_a_body_elsewhere_is_not_repeated(run: Run, shop: Path) -> None:
    handler = HANDLER.replace("return rates()[0].value()", 'await step.run("rows", rows)\n    return 5.0')
    (shop / "shop/handlers/order.py").write_text(handler.replace("shop.pricing import rates", "shop.rows import rows"))
    (shop / "shop/rows.py").write_text('def rows() -> "zip[tuple[int]]":\n    return zip([1])\n')
    (error,) = run()
    assert "error: D124 the step's result" in error
    generator = "from collections.abc import Iterator\n\ndef rows() -> Iterator[int]:\n    yield 1\n"
    (shop / "shop/rows.py").write_text(generator)
    assert run() == []


def test_without_settings_only_steps_are_judged(run: Run, shop: Path) -> None:
    (shop / "pyproject.toml").write_text(SETTINGS[SETTINGS.index("[tool.mypy]") :])
    (shop / "shop/handlers/order.py").write_text(
        HANDLER.replace("return rates()[0].value()", 'await step.sleep("a", "5")\n    return rates()[0].value()')
    )
    assert [re.sub(r" no duration.*", " no duration", line) for line in run()] == [
        "shop/handlers/order.py:10: error: '5' is no duration"
    ]
