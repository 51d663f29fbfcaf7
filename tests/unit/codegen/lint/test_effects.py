"""What handlers reach."""

from pathlib import Path

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.lint import lint_files

SIGNS = HandlerSigns(names=frozenset({"handle", "other"}))
TEXT = """\
import time

async def other(ctx, step):
    return time.time()

async def handle(ctx, step):
    return {use}
"""


def places_found(folder: Path, use: str) -> list[int]:
    path = folder / "handler.py"
    path.write_text(TEXT.format(use=use))
    return [one.diagnostic.span.line for one in lint_files([path], [folder], SIGNS).findings]


def test_what_a_handler_does_is_not_done_by_who_hands_it_on(tmp_path: Path) -> None:
    assert places_found(tmp_path, "ctx.enqueue(other)") == [4]


def test_a_handler_that_is_called_is_followed(tmp_path: Path) -> None:
    assert places_found(tmp_path, "other(ctx, step)") == [4, 7]
