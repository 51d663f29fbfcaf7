"""The only module that changes files."""

from pathlib import Path

import pytest

from surestep_codegen.write import delete_files, load_files, write_files


def test_written_files_are_read_back(tmp_path: Path) -> None:
    files = {"shop/contract/__init__.py": "x = 1\n", "shop/contract/py.typed": ""}
    write_files(tmp_path, files)
    assert load_files(tmp_path, "shop/contract") == files


def test_nothing_but_the_files_is_left_behind(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": "x = 1\n"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old\n")
    with pytest.raises(UnicodeEncodeError):
        write_files(tmp_path, {"a.py": "\ud800"})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.py": "old\n"}


def test_line_ends_of_other_systems_make_no_difference(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/a.py").write_bytes(b"x = 1\r\n")
    assert load_files(tmp_path, "shop") == {"shop/a.py": "x = 1\n"}


def test_a_file_that_is_no_utf_8_can_be_read_and_equals_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/a.py").write_bytes(b"\xff")
    assert load_files(tmp_path, "shop") == {"shop/a.py": "\ufffd"}


def test_a_package_that_does_not_exist_has_no_files(tmp_path: Path) -> None:
    assert load_files(tmp_path, "shop") == {}


def test_deleting_what_is_gone_already_is_fine(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    delete_files(tmp_path, ["a.py", "b.py"])
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("")
    (tmp_path / "a.py").symlink_to(tmp_path / "real.py")
    write_files(tmp_path, {"a.py": b"x = 1\r\n"})
    assert ((tmp_path / "a.py").is_symlink(), (tmp_path / "real.py").read_bytes()) == (True, b"x = 1\r\n")
