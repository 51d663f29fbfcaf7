from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_fmt import fmt

WRITTEN = "app:   shop\nspec: 1\n"
FORMATTED = "spec: 1\napp: shop\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.surestep]\nspecs = ["specs"]\n')
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "a.yaml").write_text(WRITTEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(fmt, arguments)


def test_files_are_formatted_and_named_once() -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (0, "formatted specs/a.yaml\n")
    assert Path("specs/a.yaml").read_text() == FORMATTED
    assert (run().exit_code, run().stdout) == (0, "")


def test_check_only_tells() -> None:
    result = run("--check")
    assert (result.exit_code, result.stdout) == (1, "would change specs/a.yaml\n")
    assert Path("specs/a.yaml").read_text() == WRITTEN
    run()
    assert run("--check").exit_code == 0


def test_diff_shows_and_does_not_write() -> None:
    result = run("--diff")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[2:] == ["@@ -1,2 +1,2 @@", "-app:   shop", " spec: 1", "+app: shop"]
    assert Path("specs/a.yaml").read_text() == WRITTEN


def test_a_file_that_yaml_cannot_read_is_left_alone_and_the_others_are_formatted() -> None:
    Path("specs/b.yaml").write_text("a:\n\tb: 1\n")
    result = run()
    assert result.exit_code == 1
    assert "specs/b.yaml:2:1: error[S004]" in result.stderr
    assert Path("specs/b.yaml").read_text() == "a:\n\tb: 1\n"
    assert Path("specs/a.yaml").read_text() == FORMATTED


def test_a_file_in_another_encoding_is_left_alone() -> None:
    content = "spec:   1 # é\n".encode("latin-1")
    Path("specs/a.yaml").write_bytes(content)
    result = run()
    assert (result.exit_code, "error[S002]" in result.stderr) == (1, True)
    assert Path("specs/a.yaml").read_bytes() == content


def test_windows_line_breaks_and_a_byte_order_mark_go() -> None:
    Path("specs/a.yaml").write_bytes(b"\xef\xbb\xbf" + FORMATTED.replace("\n", "\r\n").encode())
    assert run("--check").exit_code == 1
    run()
    assert Path("specs/a.yaml").read_bytes() == FORMATTED.encode()


def test_the_rights_of_a_file_stay_and_nothing_is_left_beside_it(project: Path) -> None:
    Path("specs/a.yaml").chmod(0o640)
    run()
    assert Path("specs/a.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (project / "specs").iterdir()] == ["a.yaml"]


def test_a_link_stays_a_link(project: Path) -> None:
    Path("specs/a.yaml").rename("real.yaml")
    Path("specs/a.yaml").symlink_to(project / "real.yaml")
    run()
    assert Path("specs/a.yaml").is_symlink()
    assert Path("real.yaml").read_text() == FORMATTED


def test_paths_need_no_project() -> None:
    Path("pyproject.toml").unlink()
    assert run("specs/a.yaml").stdout == "formatted specs/a.yaml\n"
    assert run().exit_code == 1
    assert "P101" in run().stderr


def test_a_path_that_is_not_there_is_told() -> None:
    assert (run("nowhere").exit_code, "S117" in run("nowhere").stderr) == (1, True)
