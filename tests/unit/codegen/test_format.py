"""Layout of generated code."""

import shutil

import pytest

from surestep_codegen.format import format_files


def test_each_file_is_laid_out_as_if_it_were_alone() -> None:
    sources = {
        "a.py": '"""A."""\n\n\n\nimport   os\nx = {"a":1}\nclass A: pass\n',
        "b.py": "\n\n\n'''B.'''\ndef f(): return 'x'\n",
        "c.py": "",
        "py.typed": "",
    }
    assert format_files(sources) == {
        "a.py": '"""A."""\n\nimport os\n\nx = {"a": 1}\n\n\nclass A:\n    pass\n',
        "b.py": '"""B."""\n\n\ndef f():\n    return "x"\n',
        "c.py": "",
        "py.typed": "",
    }


def test_formatting_again_changes_nothing() -> None:
    once = format_files({"a.py": "x = [" + ", ".join(f"'{number}'" for number in range(50)) + "]\n"})
    assert format_files(once) == once


def test_text_that_looks_like_the_border_between_files_is_kept() -> None:
    sources = {"a.py": '"""\n# ---- surestep: next file ----\n"""\n', "b.py": "x = 1\n"}
    assert format_files(sources) == sources


def test_what_is_no_python_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="ruff format failed"):
        format_files({"a.py": "x = (\n"})


def test_a_missing_ruff_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match=r"install surestep\[dev\]"):
        format_files({"a.py": "x = 1\n"})
