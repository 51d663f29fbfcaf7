"""mypy proves handlers against the generated package: right code has no error, each mistake has one.

pyright has none in what is generated, and in code that is right.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from surestep_codegen.generate import generate_files, generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_project

HERE = Path(__file__).parent
CASES = {path.name.removesuffix(".txt"): path.read_text() for path in sorted((HERE / "cases").glob("*.py.txt"))}
"""Named so that no tool takes them for the project's own code, which has no errors."""
GOLDEN = HERE.parent / "golden"
PACKAGES = {
    **{case.name: case / "specs" for case in (GOLDEN / "generate").iterdir() if case.is_dir()},
    **{f"golden_{case.name.replace('-', '_')}": case for case in (GOLDEN / "specs").iterdir() if case.is_dir()},
    "golden_shop": GOLDEN / "generate/shop/specs",
    "shop": HERE / "specs.yaml",
    "workflows": HERE / "workflows.yaml",
}
"""Specs by the package that is made of them; cases whose specs are wrong make none."""
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the generated packages and all cases."""
    root = tmp_path_factory.mktemp("typing")
    for package, specs in PACKAGES.items():
        project = load_project([str(specs)], specs.parent).project
        if project is None:
            continue
        layout = Layout(f"{package}.contract", f"{package}.handlers")
        for name, text in {**generate_files(project, layout), **generate_stubs(project, layout)}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
    for case, text in CASES.items():
        (root / case).write_text(text)
    return root


@pytest.fixture(scope="module")
def errors(root: Path) -> Mapping[tuple[str, int], list[str]]:
    """Errors of one mypy run over everything, by file and line."""
    options = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary", "--hide-error-context"]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(root / "cache"), "."]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    found: dict[tuple[str, int], list[str]] = {}
    for line in output.splitlines():
        match = re.fullmatch(r"(.+?):(\d+): (error|note): (.*)", line)
        assert match is not None, line
        if match[3] == "error":
            found.setdefault((match[1], int(match[2])), []).append(match[4])
    return found


def test_generated_packages_and_stubs_have_no_error(errors: Mapping[tuple[str, int], list[str]]) -> None:
    assert {place: texts for place, texts in errors.items() if place[0] not in CASES} == {}


def test_pyright_finds_no_error_in_packages_stubs_and_right_code(root: Path) -> None:
    settings = {
        "typeCheckingMode": "strict",
        "exclude": ["cache", *(case for case, text in CASES.items() if "  # E: " in text)],
        "extraPaths": [str(ROOT / name) for name in ("dsl", "codegen", "runtime")],
    }
    (root / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable]
    output = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    assert output.splitlines()[-1] == "0 errors, 0 warnings, 0 notes", output


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_the_one_error_that_is_listed(case: str, errors: Mapping[tuple[str, int], list[str]]) -> None:
    wanted = {
        number: line.partition("  # E: ")[2]
        for number, line in enumerate(CASES[case].splitlines(), 1)
        if "  # E: " in line
    }
    found = {line: texts for (file, line), texts in errors.items() if file == case}
    assert {line: len(texts) for line, texts in found.items()} == dict.fromkeys(wanted, 1)
    assert [(wanted[line], texts[0]) for line, texts in found.items() if wanted[line] not in texts[0]] == []
