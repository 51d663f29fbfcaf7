"""The same specs give the same bytes everywhere, and importing costs what is used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from surestep_codegen.generate import apply_changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

SPECS = Path(__file__).parents[2] / "golden/generate/shop"
LAYOUT = Layout("shop.contract", "shop.handlers")
PROGRAM = """\
import sys
from hashlib import sha256
from pathlib import Path
from surestep_codegen.generate import apply_changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project
project, target = load_project(["specs"], Path(%r)).project, Path("generated")
apply_changes(find_changes(project, Layout("shop.contract", "shop.handlers"), target), target)
found = {path.as_posix(): path.read_bytes() for path in sorted(target.rglob("*")) if path.is_file()}
print(len(found) > 5, sha256(repr(found).encode()).hexdigest())
"""


def output_of(program: str, directory: Path, hash_seed: str = "0", **variables: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, **variables}
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def test_hash_seed_directory_and_locale_make_no_difference(tmp_path: Path) -> None:
    """A locale without UTF-8 is what files are read and written in that are opened carelessly."""
    here, there = tmp_path / "here", tmp_path / "there/Größe"
    for directory in (here, there):
        shutil.copytree(SPECS, directory)
        described = "spec: 1\nevents: {shoe/new: {description: Größe “neu”, data: {größe: string}}}\n"
        (directory / "specs/umlauts.yaml").write_text(described, encoding="utf-8")
    (there / "ruff.toml").write_text("line-length = 40\n[format]\nquote-style = 'single'\n")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    outputs = {
        output_of(PROGRAM % str(here), here, "1"),
        output_of(PROGRAM % ".", there, "2", **ascii_only),
    }
    assert len(outputs) == 1
    assert outputs.pop().startswith("True ")


def test_line_ends_of_another_platform_are_no_change(tmp_path: Path) -> None:
    project = load_project(["specs"], SPECS).project
    assert project is not None
    apply_changes(find_changes(project, LAYOUT, tmp_path), tmp_path)
    for path in tmp_path.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert find_changes(project, LAYOUT, tmp_path).findings == ()


def test_a_generated_package_imports_a_module_when_one_of_its_names_is_used(tmp_path: Path) -> None:
    project = load_project(["specs"], SPECS).project
    assert project is not None
    apply_changes(find_changes(project, LAYOUT, tmp_path), tmp_path)
    program = """\
import sys
import shop.contract.events as events
loaded = lambda: sorted(name.rpartition(".")[2] for name in sys.modules if name.startswith("shop.contract.events."))
before, offered = loaded(), "OrderCancelled" in dir(events)
events.OrderCancelled
print(before, offered, loaded(), "pydantic" in sys.modules)
"""
    assert output_of(program, tmp_path) == "[] True ['order_cancelled'] True"


def test_an_unknown_name_of_a_generated_package_is_an_attribute_error(tmp_path: Path) -> None:
    project = load_project(["specs"], SPECS).project
    assert project is not None
    apply_changes(find_changes(project, LAYOUT, tmp_path), tmp_path)
    program = "import shop.contract.events as events; print(hasattr(events, 'Nothing'))"
    assert output_of(program, tmp_path) == "False"


def test_the_registry_finds_every_handler_in_its_stub(tmp_path: Path) -> None:
    project = load_project(["specs"], SPECS).project
    assert project is not None
    apply_changes(find_changes(project, LAYOUT, tmp_path), tmp_path)
    program = """\
from shop.contract.registry import REGISTRY
print(sorted(REGISTRY.load_functions()), REGISTRY.event_class("order/created").__name__)
"""
    assert output_of(program, tmp_path) == (
        "['audit', 'nightly-report', 'process-order', 'render-invoice'] OrderCreated"
    )
