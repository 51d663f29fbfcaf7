import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep.cli.main import surestep

GOOD = "spec: 1\napp: shop\nevents: {shop/order.created: {}}\n"
UNUSUAL = "spec: 1\napp: shop\nevents: {payment: {}}\n"
BAD = "spec: 1\napp: shop\nevents: {shop/order.created: {dta: {}}}\n"
SETTINGS = '[tool.surestep]\nspecs = ["specs"]\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory without a project is the current one."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return here


def check(*arguments: str) -> Result:
    return CliRunner().invoke(surestep, ["check", *arguments])


def spec(folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_text(text)
    return str(folder)


@pytest.mark.parametrize(("text", "status"), [(GOOD, 0), (UNUSUAL, 0), (BAD, 1)])
def test_the_status_says_whether_there_is_an_error(elsewhere: Path, text: str, status: int) -> None:
    assert check(spec(elsewhere / "specs", text)).exit_code == status


def test_strict_fails_for_a_warning(elsewhere: Path) -> None:
    assert check("--strict", spec(elsewhere / "specs", UNUSUAL)).exit_code == 1
    assert check("--strict", spec(elsewhere / "specs", GOOD)).exit_code == 0


def test_wrong_arguments_are_status_2() -> None:
    assert check("--format", "xml").exit_code == 2


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_every_format_has_the_same_status(elsewhere: Path, form: str) -> None:
    result = check("--format", form, spec(elsewhere / "specs", BAD))

    assert (result.exit_code, result.stderr) == (1, "")
    assert "S101" in result.stdout


def test_json_needs_no_project_and_has_nothing_around_it(elsewhere: Path, tmp_path: Path) -> None:
    outside = spec(tmp_path / "other", BAD)

    (found,) = json.loads(check(outside, "--format", "json").stdout)

    assert (found["code"], found["line"], found["file"]) == ("S101", 3, f"{tmp_path}/other/a.yaml")
    assert json.loads(check(spec(elsewhere / "specs", GOOD), "--format", "json").stdout) == []


def test_specs_outside_of_the_project_do_not_reach_further_by_links(tmp_path: Path) -> None:
    outside = spec(tmp_path / "other", GOOD)
    spec(tmp_path / "third", BAD)
    (tmp_path / "other" / "b.yaml").symlink_to(tmp_path / "third" / "a.yaml")

    assert check(outside).exit_code == 0


def test_without_a_project_and_without_paths_it_says_so() -> None:
    result = check()

    assert result.exit_code == 1
    assert "P101" in result.stdout


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_annotations_name_files_from_the_top_of_the_repository(
    elsewhere: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elsewhere / "pyproject.toml").write_text(SETTINGS)
    spec(elsewhere / "specs", BAD)

    assert "here/specs" not in check("--format", form).stdout
    monkeypatch.setenv("GITHUB_WORKSPACE", str(elsewhere.parent))
    assert "here/specs/a.yaml" in check("--format", form).stdout


def test_a_baseline_hides_what_it_knows_until_something_new_comes(elsewhere: Path) -> None:
    spec(elsewhere / "specs", UNUSUAL)

    written = check("specs", "--baseline", "known.json", "--write-baseline")
    assert (written.exit_code, written.stdout) == (0, "known.json: findings known from now on: 1\n")
    assert check("specs", "--strict", "--baseline", "known.json").exit_code == 0
    spec(elsewhere / "specs", UNUSUAL.replace("payment: {}", "payment: {}, refund: {}"))
    assert check("specs", "--strict", "--baseline", "known.json").exit_code == 1


def test_stale_entries_are_warnings_of_the_baseline(elsewhere: Path) -> None:
    spec(elsewhere / "specs", UNUSUAL)
    check("specs", "--baseline", "known.json", "--write-baseline")
    spec(elsewhere / "specs", GOOD)

    result = check("specs", "--baseline", "known.json")

    assert result.exit_code == 0
    assert result.stdout.startswith("known.json:4:")
    assert "warning[S203]" in result.stdout


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_baseline_that_cannot_be_used_is_a_wrong_argument(elsewhere: Path, content: str | None) -> None:
    if content is not None:
        (elsewhere / "known.json").write_text(content)
    assert check("--baseline", "known.json", spec(elsewhere / "specs", GOOD)).exit_code == 2


def test_writing_a_baseline_needs_its_name() -> None:
    assert check("--write-baseline").exit_code == 2
