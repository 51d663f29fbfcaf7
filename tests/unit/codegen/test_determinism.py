"""The same specs give the same bytes everywhere, and importing costs what is used."""

import os
import subprocess
import sys
from pathlib import Path

from surestep_codegen.generate import apply_changes, find_changes
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

SPECS = Path(__file__).parents[2] / "golden/generate/shop"
LAYOUT = Layout("shop.contract", "shop.handlers")
PROGRAM = f"""\
from hashlib import sha256
from surestep_codegen.generate import generate_files, generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project
project = load_project(["specs"], {str(SPECS)!r}).project
layout = Layout("shop.contract", "shop.handlers")
print(sha256(repr((generate_files(project, layout), generate_stubs(project, layout))).encode()).hexdigest())
"""


def output_of(program: str, directory: Path, hash_seed: str = "0") -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def test_hash_seed_and_working_directory_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 40\n[format]\nquote-style = 'single'\n")
    assert output_of(PROGRAM, tmp_path, "1") == output_of(PROGRAM, SPECS, "2")


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
