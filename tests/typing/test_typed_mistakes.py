"""Each row of the manual's table of mistakes is what mypy and pyright say, word for word.

`SURESTEP_UPDATE_GOLDEN=1` writes their messages into the table; read the difference before you commit it.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "typed-mistakes.md"
PLACE = "    pass  # the line with the mistake\n"
LINE = re.compile(r"^\| (.+?) \| `(.+)` \| `(.+)` \| `(.+)` \|$", re.MULTILINE)


@dataclass(frozen=True)
class Row:
    """A mistake, the line with it, and what each tool says; texts as they are in the page."""

    mistake: str
    line: str
    mypy: str
    pyright: str


def find_rows() -> Iterator[Row]:
    table = PAGE.read_text().partition("## Found by type checkers")[2].partition("\n## ")[0]
    return (Row(*match.groups()) for match in LINE.finditer(table))


ROWS = list(find_rows())


def block(language: str) -> str:
    found = re.search(rf"^```{language}[^\n]*\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated package, and a file for each row; the file without a mistake is called `right`."""
    root = tmp_path_factory.mktemp("mistakes")
    loaded = load_files({"parcels.yaml": block("yaml")}).project
    assert loaded is not None
    for name, text in generate_files(loaded, Layout("parcels.contract", "parcels.handlers")).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    source = block("python")
    assert PLACE in source
    (root / "right.py").write_text(source)
    for number, row in enumerate(ROWS):
        (root / f"row{number}.py").write_text(source.replace(PLACE, f"    {row.line.replace(chr(92), '')}\n"))
    return root


@pytest.fixture(scope="module")
def mypy(project: Path) -> dict[str, list[str]]:
    """Messages by file."""
    options = ["--strict", "--enable-error-code=unused-awaitable", "--explicit-package-bases", "--no-error-summary"]
    command = [sys.executable, "-m", "mypy", "--config-file=", *options, "--cache-dir", str(project / "cache"), "."]
    environment = {**os.environ, "MYPYPATH": ":".join(str(ROOT / root) for root in ("dsl", "codegen", "runtime"))}
    ran = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for path, message in re.findall(r"^(.+?\.py):\d+: error: (.*?)  \[[a-z-]+\]$", ran.stdout, re.MULTILINE):
        found.setdefault(path, []).append(message)
    assert ran.stderr == ""
    return found


@pytest.fixture(scope="module")
def pyright(project: Path) -> dict[str, list[str]]:
    """First lines of messages by file, without those that follow from others: about types that are unknown then."""
    settings = {"typeCheckingMode": "strict", "reportUnusedImport": False, "reportUnusedVariable": False}
    paths = [str(ROOT / root) for root in ("dsl", "codegen", "runtime")]
    (project / "pyrightconfig.json").write_text(json.dumps({**settings, "extraPaths": paths}))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for diagnostic in json.loads(ran.stdout)["generalDiagnostics"]:
        if diagnostic.get("rule", "").startswith("reportUnknown"):
            continue
        path = Path(diagnostic["file"]).relative_to(project.resolve()).as_posix()
        found.setdefault(path, []).append(diagnostic["message"].splitlines()[0].replace("\xa0", " "))
    return found


def test_code_without_a_mistake_and_what_is_generated_have_no_error(
    mypy: dict[str, list[str]], pyright: dict[str, list[str]]
) -> None:
    rows = {f"row{number}.py" for number in range(len(ROWS))}
    assert {path: found for path, found in [*mypy.items(), *pyright.items()] if path not in rows} == {}


def test_both_say_what_the_table_says(mypy: dict[str, list[str]], pyright: dict[str, list[str]]) -> None:
    said = []
    for number, row in enumerate(ROWS):
        texts = ("; ".join(found.get(f"row{number}.py", ["nothing"])) for found in (mypy, pyright))
        said.append(Row(row.mistake, row.line, *(text.replace("|", "\\|") for text in texts)))
        if os.environ.get("SURESTEP_UPDATE_GOLDEN"):
            old, new = (f"| `{one.line}` | `{one.mypy}` | `{one.pyright}` |" for one in (row, said[-1]))
            PAGE.write_text(PAGE.read_text().replace(old, new))
    assert said == ROWS


def test_the_examples_have_no_error_in_pyright(tmp_path: Path) -> None:
    settings = {
        "include": [str(ROOT / "specs")],
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT / name) for name in ("specs", "dsl", "codegen", "runtime")],
    }
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "-p", str(config)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stdout.splitlines()[-1] == "0 errors, 0 warnings, 0 notes", ran.stdout
