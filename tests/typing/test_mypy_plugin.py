"""What the plugin says about steps, beside mypy's own errors: each mistake has one error, right code has none."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

HERE = Path(__file__).parent
CASES = {path.name.removesuffix(".txt"): path.read_text() for path in sorted((HERE / "plugin").glob("*.py.txt"))}
SETTINGS = """
[tool.surestep]
specs = ["specs.yaml"]
package = "shop.contract"
handlers = "handlers"

[tool.mypy]
strict = true
warn_unused_ignores = true
plugins = ["surestep_codegen.mypy"]
"""


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], list[str]]:
    """Errors of one mypy run over everything, by file and line."""
    root = tmp_path_factory.mktemp("plugin")
    specs = (HERE / "specs.yaml").read_text()
    (root / "specs.yaml").write_text(specs)
    project = load_project(["specs.yaml"], root).project
    assert project is not None
    files = generate_files(project, Layout("shop.contract", "handlers"))
    cases = {f"handlers/{name}": text for name, text in CASES.items()}
    for name, text in {**files, **cases, "handlers/__init__.py": "", "pyproject.toml": SETTINGS}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", "handlers"]
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    found: dict[tuple[str, int], list[str]] = {}
    told = r"^handlers/(.+?):(\d+): (?:error: (.*)|note: ([DE]\d{3} .*))$"
    for file, line, error, note in re.findall(told, ran.stdout, re.MULTILINE):
        found.setdefault((file, int(line)), []).append(f"E: {error}" if error else f"N: {note}")
    return found


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_the_one_that_is_listed(case: str, errors: Mapping[tuple[str, int], list[str]]) -> None:
    lines = enumerate(CASES[case].splitlines(), 1)
    wanted = {number: mark.groups() for number, line in lines if (mark := re.search("  # ([EN]: )(.*)", line))}
    found = {line: texts for (file, line), texts in errors.items() if file == case}
    assert {line: len(texts) for line, texts in found.items()} == dict.fromkeys(wanted, 1)
    for line, (kind, text) in wanted.items():
        assert found[line][0].startswith(kind)
        assert text in found[line][0]
