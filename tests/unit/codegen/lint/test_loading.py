"""Modules that are found, and those that cannot be read."""

from pathlib import Path

import pytest

from surestep_codegen.limits import MAX_LINTED_MODULE_BYTES
from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files
from surestep_codegen.lint.linted import Linted
from surestep_codegen.lint.loading import find_modules, find_root, module_name_of

SIGNS = HandlerSigns(names=frozenset({"handle"}))
HANDLER = "async def handle(ctx, step):\n    return 1\n"


def lint_bytes(folder: Path, content: bytes) -> Linted:
    path = folder / "handler.py"
    path.write_bytes(content)
    return lint_files([path], [folder], SIGNS)


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b"def handle(ctx, step)\n    return 1\n", 1, "expected ':'"),
        (b"x = 1\nx = (\n", 2, "was never closed"),
        (b"x = 1\n   y = 2\n", 2, "unexpected indent"),
        (b"\xff\xfe", 1, "encoding"),
        (b"# coding: klingon\n", 1, "klingon"),
        (b"x = 1\0", 1, "null"),
        (b"x = " + b"(" * 500 + b")" * 500, 1, ""),
        (b"x = " + b"-" * 50_000 + b"1", 1, "nests too deep"),
        (b"async def handle(ctx, step):\n    x = a" + b".b" * 3_000 + b"\n", 1, "nests too deep"),
        (b"#" * (MAX_LINTED_MODULE_BYTES + 1), 1, "4,000,000 bytes"),
    ],
    ids=["syntax", "open", "indent", "binary", "coding", "null", "brackets", "minus", "chain", "huge"],
)
def test_a_module_that_cannot_be_read_is_one_finding(content: bytes, line: int, part: str, tmp_path: Path) -> None:
    (finding,) = lint_bytes(tmp_path, content).findings
    assert (finding.diagnostic.code, finding.diagnostic.span.file, finding.diagnostic.span.line) == (
        "D100",
        "handler.py",
        line,
    )
    assert part in finding.diagnostic.message


def test_a_broken_module_that_a_handler_calls_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def f(:\n")
    found = lint_bytes(tmp_path, b"import broken\nasync def handle(ctx, step):\n    return broken.f()\n").findings
    assert [(one.diagnostic.code, one.diagnostic.span.file) for one in found] == [("D100", "broken.py")]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf" + HANDLER.encode(), HANDLER.replace("\n", "\r\n").encode(), b"# coding: latin-1\n# \xe9\n"],
    ids=["empty", "byte order mark", "windows", "latin"],
)
def test_unusual_modules_are_read(content: bytes, tmp_path: Path) -> None:
    assert lint_bytes(tmp_path, content).findings == []


def test_columns_are_counted_in_characters(tmp_path: Path) -> None:
    text = 'import time\nasync def handle(ctx, step):\n    return "äöü€😀", time.time()\n'
    (finding,) = lint_bytes(tmp_path, text.encode()).findings
    assert (finding.diagnostic.span.column, finding.diagnostic.span.end_column) == (21, 32)


def test_a_file_is_its_own_module_and_hidden_folders_and_environments_are_left_out(tmp_path: Path) -> None:
    for name in ("a.py", "shop/b.py", ".git/c.py", "env/lib/d.py", "shop/__pycache__/e.py", "shop/f.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    assert [path.relative_to(tmp_path).as_posix() for path in find_modules(tmp_path)] == ["a.py", "shop/b.py"]
    assert list(find_modules(tmp_path / "a.py")) == [tmp_path / "a.py"]


def test_the_root_is_above_the_packages(tmp_path: Path) -> None:
    package = tmp_path / "src" / "shop" / "handlers"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").write_text("")
    root = find_root(package / "a.py")
    assert root == tmp_path / "src"
    assert module_name_of(package / "a.py", [tmp_path, root]) == "shop.handlers.a"
    assert module_name_of(package / "__init__.py", [root]) == "shop.handlers"
