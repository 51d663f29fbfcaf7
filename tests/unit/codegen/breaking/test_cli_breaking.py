"""`surestep breaking`, as a user sees it."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_breaking import breaking
from surestep_dsl.expand import expand_jobs
from surestep_dsl.nodes import SourceText

SETTINGS = '[tool.surestep]\npackage = "shop.contract"\n'
OLD = "spec: 1\napp: shop\nevents:\n  order/created:\n    data: {id: string, note?: string}\n"
NEW = "spec: 1\napp: shop\nevents:\n  order/created:\n    data: {id: string}\n"
GONE = "the field `note` is gone, and producers may still send it"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose project lies in a folder; its tag `v1` has the old spec, its files are the new one."""
    project = tmp_path / "apps/shop"
    write(project / "pyproject.toml", SETTINGS)
    write(project / "specs/shop.yaml", OLD)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "One")
    git(tmp_path, "tag", "v1")
    write(project / "specs/shop.yaml", NEW)
    monkeypatch.chdir(project)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def run(*options: str) -> Result:
    return CliRunner().invoke(breaking, options, catch_exceptions=False)


def test_what_is_gone_is_shown_in_the_old_specs(repository: Path) -> None:
    result = run("--against", "v1")
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.startswith(
        f"v1:specs/shop.yaml:5:24: error[B102]: events.order/created.data.note: {GONE} "
        "[WIRE: producers; shown as it was]\n"
        "  5 |     data: {id: string, note?: string}\n"
    )
    assert result.stdout.endswith("2 incompatible changes since v1: 1 WIRE, 1 SOURCE; 1 failing\n")


def test_nothing_is_checked_out_and_nothing_written(repository: Path) -> None:
    before = {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()}
    run("--against", "v1")
    assert {path: path.read_bytes() for path in repository.rglob("*") if path.is_file()} == before


def test_equal_specs_are_compatible(repository: Path) -> None:
    write(repository / "apps/shop/specs/shop.yaml", OLD)
    result = run("--against", "v1")
    assert (result.exit_code, result.output) == (0, "compatible with v1\n")


def test_settings_choose_what_fails(repository: Path) -> None:
    write(repository / "apps/shop/pyproject.toml", f'{SETTINGS}breaking = ["RUN"]\n')
    result = run("--against", "v1")
    assert result.exit_code == 0
    assert "warning[B102]" in result.stdout


def test_an_unknown_code_in_the_settings_is_told(repository: Path) -> None:
    write(repository / "apps/shop/pyproject.toml", f'{SETTINGS}breaking = ["B100"]\n')
    result = run("--against", "v1")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        1,
        "error: the setting `breaking` names an unknown code B100",
    )


def test_consumers_count_where_some_live_outside(repository: Path) -> None:
    write(repository / "apps/shop/specs/shop.yaml", OLD.replace("id: string", "id?: string"))
    assert "B152" not in run("--against", "v1").stdout
    write(repository / "apps/shop/pyproject.toml", f"{SETTINGS}external_consumers = true\n")
    assert "error[B152]: events.order/created.data.id:" in run("--against", "v1").stdout


def test_an_approval_lets_a_finding_pass(repository: Path) -> None:
    write(
        repository / "apps/shop/breaking-approvals.toml",
        '[[approved]]\ncode = "B102"\npath = "events.order/created.data.note"\nreason = "unused"\ndate = 2025-01-01\n',
    )
    result = run("--against", "v1")
    assert result.exit_code == 0
    assert "B102" not in result.stdout
    assert result.stdout.endswith("2 incompatible changes since v1: 1 WIRE, 1 SOURCE; none failing, 1 approved\n")


def test_a_faulty_approval_fails_by_itself(repository: Path) -> None:
    write(repository / "apps/shop/specs/shop.yaml", OLD)
    write(repository / "apps/shop/ok.toml", "[[approved]]\ncode = 'B102'\npath = 'a'\ndate = 2025-01-01\n")
    result = run("--against", "v1", "--approvals", "ok.toml")
    assert result.exit_code == 1
    assert "ok.toml:1:1: error[B901]: an approval needs a `reason`" in result.stdout


def test_approvals_that_were_asked_for_must_be_there(repository: Path) -> None:
    assert run("--against", "v1", "--approvals", "none.toml").exit_code == 2


def test_json_has_every_finding_with_its_place(repository: Path) -> None:
    first, _ = json.loads(run("--against", "v1", "--format", "json").stdout)
    assert first == {
        "code": "B102",
        "category": "WIRE",
        "direction": "producers",
        "severity": "error",
        "fails": True,
        "path": "events.order/created.data.note",
        "message": GONE,
        "hint": "keep it as `note?` with `deprecated: true` until nobody sends it",
        "file": "v1:specs/shop.yaml",
        "line": 5,
        "column": 24,
        "end_line": 5,
        "end_column": 29,
        "specs": "old",
        "approved": None,
    }


def test_annotations_name_files_from_the_top_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository))
    write(repository / "apps/shop/specs/shop.yaml", OLD.replace("note?", "note"))
    assert run("--against", "v1", "--format", "github").stdout.splitlines()[0] == (
        "::error file=apps/shop/specs/shop.yaml,line=5,endLine=5,col=24,endColumn=27,"
        "title=B103%3A an optional field is made required::"
        "events.order/created.data.note: the field `note` is required, and producers may leave it out "
        "[WIRE: producers]%0Ahint: give it a default, or let it be absent as before"
    )


def test_a_directory_holds_a_project_or_specs(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/contracts/shop.yaml", OLD)
    write(tmp_path / "elsewhere/pyproject.toml", f'{SETTINGS}specs = ["contracts"]\n')
    for against in ("../../elsewhere", "../../elsewhere/contracts"):
        result = run("--against", against)
        assert result.exit_code == 1
        assert result.stdout.startswith("../../elsewhere/contracts/shop.yaml:5:24: error[B102]")


def test_the_settings_of_back_then_say_where_the_specs_were(repository: Path) -> None:
    project = repository / "apps/shop"
    write(project / "pyproject.toml", f'{SETTINGS}specs = ["contracts"]\n')
    (project / "specs").rename(project / "contracts")
    assert run("--against", "v1").stdout.startswith("v1:specs/shop.yaml:5:24: error[B102]")


def test_a_project_that_has_moved_is_found_where_it_was(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "apps/shop").rename(repository / "apps/store")
    monkeypatch.chdir(repository / "apps/store")
    result = run("--against", "v1")
    assert (result.exit_code, result.stderr) == (
        2,
        (
            "error: there is no spec (*.yaml, *.yml) under apps/store/specs in `v1`\n"
            "  hint: if the project was elsewhere, say where: --against v1:its/old/directory\n"
        ),
    )
    assert run("--against", "v1:apps/shop").stdout.startswith("v1:specs/shop.yaml:5:24: error[B102]")


def test_hidden_files_and_links_of_a_commit_are_no_specs(repository: Path) -> None:
    specs = repository / "apps/shop/specs"
    write(specs / ".draft/a.yaml", "spec: 2\n")
    write(specs / "notes.txt", "none\n")
    (specs / "link.yaml").symlink_to("notes.txt")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Two")
    (specs / "link.yaml").unlink()
    assert run("--against", "HEAD").output == "compatible with HEAD\n"


def test_names_with_odd_characters_are_read(repository: Path) -> None:
    specs = repository / "apps/shop/specs"
    write(specs / 'ä "b"\n*.yaml', "spec: 1\nevents: {order/paid: {}}\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Two")
    assert run("--against", "HEAD").output == "compatible with HEAD\n"


@pytest.mark.parametrize("ref", ["nope", "-h", "v1~9"])
def test_an_unknown_commit_is_told(repository: Path, ref: str) -> None:
    result = run(f"--against={ref}")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        2,
        f"error: `{ref}` is no directory, and git knows no commit `{ref}` here",
    )


def test_a_name_of_both_a_directory_and_a_commit_is_asked_about(repository: Path) -> None:
    (repository / "apps/shop/v1").mkdir()
    result = run("--against", "v1")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: `v1` is a directory and a commit\n  hint: write ./v1 for the directory, or v1~0 for the commit\n",
    )
    assert run("--against", "v1~0").exit_code == 1


def test_a_project_outside_of_a_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "pyproject.toml", SETTINGS)
    write(tmp_path / "specs/shop.yaml", NEW)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run("--against", "main")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: `main` cannot be read from git: not a git repository")


def test_missing_git_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = run("--against", "v1")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        3,
        "error: `v1` cannot be read from git: git is not installed, or not on the PATH",
    )


def test_the_repository_of_a_hook_is_not_mistaken_for_the_projects(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", os.devnull)
    assert run("--against", "v1").exit_code == 1


def test_faulty_old_specs_are_shown_and_nothing_is_compared(repository: Path) -> None:
    write(repository / "apps/shop/old/shop.yaml", OLD.replace("string", "strin"))
    result = run("--against", "old")
    assert result.exit_code == 3
    assert "old/shop.yaml:5:16: error[T102]: there is no type `strin`" in result.stderr
    assert "error: the specs of `old` have errors, so nothing can be held against them" in result.stderr


def test_faulty_new_specs_are_shown(repository: Path) -> None:
    write(repository / "apps/shop/specs/shop.yaml", NEW.replace("string", "strin"))
    result = run("--against", "v1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("specs/shop.yaml:5:16: error[T102]")


def test_a_job_is_compatible_with_its_long_form(repository: Path) -> None:
    specs = repository / "apps/shop"
    job = "spec: 1\napp: shop\njobs: {shop/sync: {cron: '0 0 * * *', stats: {n: integer}, options: {dry?: boolean}}}\n"
    write(specs / "old/shop.yaml", job)
    write(specs / "specs/shop.yaml", expand_jobs([SourceText("shop.yaml", job)]))
    assert run("--against", "old").output == "compatible with old\n"
    write(specs / "specs/shop.yaml", job)
    write(specs / "old/shop.yaml", expand_jobs([SourceText("shop.yaml", job)]))
    assert run("--against", "old").output == "compatible with old\n"


def test_named_specs_are_held_against_the_same_paths_of_a_commit(repository: Path) -> None:
    write(repository / "apps/shop/specs/more.yaml", "spec: 1\napp: shop\nevents: {a/b: {}}\n")
    result = run("--against", "v1", "specs/shop.yaml")
    assert result.exit_code == 1
    assert result.stdout.startswith("v1:specs/shop.yaml:5:24: error[B102]")
    missing = run("specs/more.yaml", "--against", "v1")
    assert "there is no spec (*.yaml, *.yml) under apps/shop/specs/more.yaml" in missing.output


def test_two_directories_are_compared_without_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "old/shop.yaml", OLD)
    write(tmp_path / "new/shop.yaml", NEW)
    monkeypatch.chdir(tmp_path)
    result = run("new", "--against", "old")
    assert result.exit_code == 1
    assert result.stdout.startswith("old/shop.yaml:5:24: error[B102]")
    assert run("new/shop.yaml", "--against", "./new").exit_code == 0
