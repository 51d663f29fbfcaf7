"""Whose code it is, wherever an app lives: installed, zipped, linked, typed."""

import subprocess
import sys
import sysconfig
import textwrap
import zipapp
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from surestep.guard import first_party
from surestep.guard.first_party import claim_package, is_first_party, is_first_party_file, is_generated

SITE = sysconfig.get_path("purelib")

CHECK = """
import time
from surestep.errors import NonDeterminismError
from surestep.guard.guard import Guard, GuardMode

async def handle():
    time.time()

def check(handle):
    try:
        Guard(GuardMode.LIGHT).resume(handle(), None, None)
    except NonDeterminismError as error:
        print("refused", str(error).partition(" at ")[0])
    except StopIteration:
        print("passed")
"""


@pytest.fixture(autouse=True)
def forget_claims() -> Iterator[None]:
    before = set(first_party._claimed)
    yield
    first_party._claimed.clear()
    first_party._claimed.update(before)
    is_first_party_file.cache_clear()


def code_in(file: str) -> CodeType:
    return compile("1", file, "exec")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/app/shop/handlers.py", True),
        ("/app/shop.pyz/shop/handlers.py", True),
        (f"{SITE}/httpx/_client.py", False),
        (json_file := sysconfig.get_path("stdlib") + "/json/__init__.py", False),
        (first_party.__file__, False),
        ("<stdin>", True),
        ("<python-input-3>", True),
        ("<doctest shop[0]>", True),
        ("<frozen importlib._bootstrap>", False),
    ],
)
def test_it_is_told_by_the_file(file: str, expected: bool) -> None:
    assert is_first_party(code_in(file)) is expected
    assert not is_generated(code_in(file))


@pytest.mark.parametrize("file", ["<string>", "<attrs generated init shop.Order>"])
def test_what_is_made_up_works_for_who_calls_it(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_party, "_runs_a_command", lambda: False)  # workers of tests are run by `python -c`
    assert is_generated(code_in(file))


@pytest.mark.parametrize(
    ("file", "module", "neighbour"),
    [
        ("shop/handlers/orders.py", "shop.handlers.orders", "shop/prices.py"),
        ("shop/__init__.py", "shop", "shop/prices.py"),
        ("shop_handlers.py", "shop_handlers", "shop_handlers.py"),
    ],
)
def test_the_package_of_a_handler_is_the_users_though_it_is_installed(
    file: str, module: str, neighbour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = module.partition(".")[0]
    monkeypatch.setitem(sys.modules, top, type(sys)(top))
    monkeypatch.setattr(sys.modules[top], "__file__", f"{SITE}/{top}", raising=False)
    assert not is_first_party_file(f"{SITE}/{neighbour}")

    claim_package(code_in(f"{SITE}/{file}"), {"__name__": module})

    assert is_first_party_file(f"{SITE}/{neighbour}")
    assert not is_first_party_file(f"{SITE}/httpx/_client.py")


def test_of_a_namespace_only_the_part_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "acme", type(sys)("acme"))

    claim_package(code_in(f"{SITE}/acme/shop/handlers.py"), {"__name__": "acme.shop.handlers"})

    assert is_first_party_file(f"{SITE}/acme/shop/prices.py")
    assert not is_first_party_file(f"{SITE}/acme/tools/clock.py")


@pytest.mark.parametrize(
    ("file", "module"), [(json_file, "json"), (first_party.__file__, "surestep.guard.first_party")]
)
def test_nobody_claims_the_standard_library_or_this_one(file: str, module: str) -> None:
    claim_package(code_in(file), {"__name__": module})
    assert not is_first_party_file(file)


def run(*command: str, folder: Path, text: str | None = None) -> str:
    made = subprocess.run(
        [sys.executable, *command], cwd=folder, input=text, capture_output=True, text=True, check=False, timeout=300
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


REFUSED = "refused D101 handler code called time.time (clock)"


def test_a_zipped_app(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "shop.py").write_text(CHECK)
    (source / "__main__.py").write_text("import shop; shop.check(shop.handle)")
    zipapp.create_archive(source, tmp_path / "app.pyz")
    assert run("app.pyz", folder=tmp_path) == REFUSED


def test_a_command_and_what_is_typed(tmp_path: Path) -> None:
    text = CHECK + "check(handle)\n"
    assert run("-c", text, folder=tmp_path) == REFUSED
    assert run("-", folder=tmp_path, text=text) == REFUSED


def test_a_folder_of_installed_packages_named_by_the_path(tmp_path: Path) -> None:
    vendored = tmp_path / "vendor"
    (vendored / "lib-1.0.dist-info").mkdir(parents=True)
    (vendored / "lib.py").write_text("import time\ndef now(): return time.time()\n")
    (tmp_path / "shop.py").write_text(
        CHECK + "import lib\nasync def harmless(): lib.now()\ncheck(harmless); check(handle)\n"
    )
    script = "import sys; sys.path.insert(0, 'vendor'); import shop"
    assert run("-c", script, folder=tmp_path).splitlines() == ["passed", REFUSED]


def test_a_linked_folder_and_optimised_code(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "shop.py").write_text(CHECK + "check(handle)\n")
    (tmp_path / "linked").symlink_to(real)
    assert run("-O", "shop.py", folder=tmp_path / "linked") == REFUSED


def test_a_frozen_app_whose_files_have_relative_names(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        sys.frozen = True
        import surestep.guard.first_party as found
        code = lambda file: compile("1", file, "exec")
        sys.modules["shop"] = type(sys)("shop"); sys.modules["shop"].__file__ = "shop/__init__.py"
        found.claim_package(code("shop/handlers/orders.py"), {"__name__": "shop.handlers.orders"})
        print(found.is_first_party(code("shop/prices.py")), found.is_first_party(code("httpx/_client.py")))
    """)
    assert run("-c", script, folder=tmp_path) == "True False"
