"""Comments that silence findings of the lint."""

from pathlib import Path

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files

SIGNS = HandlerSigns(names=frozenset({"handle"}))


def lint(folder: Path, text: str, *, is_whole: bool = True, **others: str) -> list[tuple[str, int]]:
    for name, content in {"handler": text, **others}.items():
        (folder / f"{name}.py").write_text(content)
    found = lint_files([folder / "handler.py"], [folder], SIGNS, is_whole=is_whole).findings
    return [(one.diagnostic.code, one.diagnostic.span.line) for one in found]


def handler(line: str) -> str:
    return f"import time\nasync def handle(ctx, step):\n    {line}\n"


def test_a_reason_silences(tmp_path: Path) -> None:
    assert lint(tmp_path, handler("return time.time()  # surestep: ignore[D101] for the operator")) == []


def test_without_a_reason_nothing_is_silenced(tmp_path: Path) -> None:
    assert lint(tmp_path, handler("return time.time()  # surestep: ignore[D101]")) == [("D101", 3), ("S201", 3)]


def test_an_unknown_code_is_told(tmp_path: Path) -> None:
    assert lint(tmp_path, handler("return 1  # surestep: ignore[D999] why not")) == [("S201", 3)]


def test_several_codes_stand_between_commas(tmp_path: Path) -> None:
    line = "print(time.time())  # surestep: ignore[D101, D111] for the operator"
    assert lint(tmp_path, handler(line)) == []


def test_a_comment_in_the_function_that_is_called_silences_the_chain(tmp_path: Path) -> None:
    tools = "import time\ndef stamp():\n    return time.time()  # surestep: ignore[D101] for the operator\n"
    text = "from tools import stamp\nasync def handle(ctx, step):\n    return stamp()\n"
    assert lint(tmp_path, text, tools=tools) == []


def test_a_comment_that_silences_nothing_is_told_where_all_was_linted(tmp_path: Path) -> None:
    text = handler("return ctx.now()  # surestep: ignore[D101] for the operator")
    assert lint(tmp_path, text) == [("S202", 3)]
    assert lint(tmp_path, text, is_whole=False) == []


def test_a_comment_may_be_meant_for_another_net(tmp_path: Path) -> None:
    assert lint(tmp_path, handler("return ctx.event.at.moment()  # surestep: ignore[D101] why not")) == [("S202", 3)]
    text = "async def handle(ctx, step):\n    return unknown.moment()  # surestep: ignore[D101] the guard sees it\n"
    assert lint(tmp_path, text) == []


def test_a_text_that_looks_like_a_comment_silences_nothing(tmp_path: Path) -> None:
    assert lint(tmp_path, handler("return time.time(), '# surestep: ignore[D101] no'")) == [("D101", 3)]


def test_a_module_that_cannot_be_read_is_not_silenced(tmp_path: Path) -> None:
    assert lint(tmp_path, "def f(:  # surestep: ignore[D100] I know\n") == [("D100", 1)]
