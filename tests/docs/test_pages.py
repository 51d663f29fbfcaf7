"""The manual is held against the code: specs load, examples type-check and pass, commands and links exist.

Words behind a fence's language say what a block is: `wrong=E304` a spec with exactly this finding, `file=shop/a.py` a
file of an example project. A spec without its header gets one.
"""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import pytest

from surestep import errors
from surestep.cli.main import surestep
from surestep.http import refusals
from surestep_codegen.generate import generate_files, generate_stubs
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files, load_project

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {path.name: path.read_text() for path in sorted((ROOT / "docs").glob("*.md"))}
FENCE: Final = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block and the words behind its language."""

    page: str
    line: int
    language: str
    words: Mapping[str, str]
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


def find_blocks(page: str) -> Iterator[Block]:
    for match in FENCE.finditer(PAGES[page]):
        words = dict(word.split("=", 1) for word in match[2].split())
        yield Block(page, PAGES[page][: match.start()].count("\n") + 1, match[1], words, match[3])


BLOCKS: Final = [block for page in PAGES for block in find_blocks(page)]
SPECS: Final = {block.name: block for block in BLOCKS if block.language == "yaml"}
CODE: Final = {block.name: block for block in BLOCKS if block.language == "python"}
FILES: Final = {block.words["file"]: block.text for block in BLOCKS if "file" in block.words}
"""A file that is written twice, such as a spec before and after a change, counts as it is last."""
COMMANDS: Final = {
    f"{page}: {line}": line
    for page, text in PAGES.items()
    for line in re.findall(r"(?:^(?:\$|   ) |`)(surestep [a-z][^`\n]*)", text, re.MULTILINE)
}


def codes_in(block: Block) -> set[str]:
    header = "" if "spec: 1" in block.text else "spec: 1\napp: shop\n"
    return {found.code for found in load_files({block.name: header + block.text}).diagnostics}


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_has_the_finding_it_is_marked_with_or_none(name: str) -> None:
    assert codes_in(SPECS[name]) == ({SPECS[name].words["wrong"]} if "wrong" in SPECS[name].words else set())


@pytest.mark.parametrize("name", CODE)
def test_python_compiles(name: str) -> None:
    compile(CODE[name].text, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example projects, with everything that is generated from their specs."""
    root = tmp_path_factory.mktemp("examples")
    write(root, FILES)
    for package in sorted({name.partition("/")[0] for name in FILES if name.endswith(".yaml")}):
        project = load_project([f"{package}/specs"], root).project
        assert project is not None
        layout = Layout(f"{package}.contract", f"{package}.handlers")
        stubs = generate_stubs(project, layout)
        write(root, generate_files(project, layout) | {name: stubs[name] for name in stubs if name not in FILES})
    return root


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_examples_type_check(examples: Path) -> None:
    config = ["--strict", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(examples / "cache")]
    checked = run(examples, "mypy", *config, ".")
    assert checked.returncode == 0, checked.stdout


def test_the_tests_of_the_examples_pass(examples: Path) -> None:
    tested = run(examples, "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "shop/tests")
    assert tested.returncode == 0, tested.stdout
    assert " passed" in tested.stdout


def run(directory: Path, *module: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_options_exist(name: str) -> None:
    _, *words = shlex.split(COMMANDS[name].partition(" && ")[0], comments=True)
    command: click.Command = surestep
    while isinstance(command, click.Group) and words and not words[0].startswith("["):
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no command {words[0]}"
        command = found.make_context(words.pop(0), [], resilient_parsing=True).command
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
    assert [word for word in words if word.startswith("--") and word.partition("=")[0] not in {*known, "--help"}] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    dead = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", PAGES[page])
        if not target.startswith(("https://", "http://")) and not is_there(page, target)
    ]
    assert dead == []


def is_there(page: str, target: str) -> bool:
    path, _, anchor = target.partition("#")
    file = (ROOT / "docs" / (path or page)).resolve()
    return file.exists() and (not anchor or anchor in anchors_of(file.read_text()))


def anchors_of(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_on_the_map() -> None:
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", PAGES["index.md"])) == set(PAGES) - {"index.md"}


def test_every_error_at_run_time_is_explained() -> None:
    classes = [found for name in errors.__all__ if isinstance(found := getattr(errors, name), type)]
    codes = {found.code for found in classes if issubclass(found, errors.SurestepError)} - {"R000"}
    assert codes - set(re.findall(r"R\d{3}", PAGES["errors.md"].partition("What to do:")[2])) == set()


def test_every_refusal_of_the_http_api_is_explained() -> None:
    listed = re.findall(r"^\| `(H0\d\d)` \| (\d+) \|", PAGES["errors.md"], re.MULTILINE)
    assert {code: int(status) for code, status in listed} == refusals._CODES


def test_generated_tables_are_up_to_date() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts/docs", "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")
