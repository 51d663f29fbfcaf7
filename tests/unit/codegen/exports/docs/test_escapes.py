import re

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt

from surestep_codegen.exports.docs.escapes import code_block, code_span, escape_text, spell_links
from surestep_codegen.exports.docs.model import Link

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")) | st.just(" "), min_size=1)
PARSER = MarkdownIt("commonmark").enable("table")


def text_of(html: str) -> str:
    """What a reader sees of HTML without entities of his own."""
    shown = re.sub(r"<[^>]*>", "", html)
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        shown = shown.replace(entity, letter)
    return shown.strip()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "# no heading",
        "1. no list",
        "- no list",
        "    no code",
        "*no* _emphasis_ and `no code`",
        "[no](link) ![image](x) &amp; <b>",
        "a | b",
    ],
)
def test_descriptions_stay_text(text: str) -> None:
    assert text_of(PARSER.render(escape_text(text))) == text.strip()
    assert "<p>" in PARSER.render(escape_text(text))


@given(TEXTS)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert " ".join(text_of(PARSER.render(escape_text(text))).split()) == " ".join(text.split())


@given(TEXTS)
def test_any_code_is_shown_as_it_is(text: str) -> None:
    assert " ".join(text_of(PARSER.render(f"x{code_span(text)}")).split()) == " ".join(f"x{text}".split())


@given(TEXTS)
def test_no_text_ends_a_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {escape_text(text, in_cell=True)} | {code_span(text, in_cell=True)} |\n"
    assert PARSER.render(table).count("<td>") == 2


def test_paragraphs_of_a_cell_are_lines() -> None:
    assert escape_text("one\n\ntwo\n", in_cell=True) == "one<br>two"


def test_a_block_is_fenced_by_more_ticks_than_it_has() -> None:
    assert code_block("a\n````\nb", "json") == "`````json\na\n````\nb\n`````"


def test_parts_of_a_type_may_be_links() -> None:
    assert spell_links((Link("list["), Link("Line", "types.md#type-Line"), Link("]"))) == (
        "`list[`[`Line`](types.md#type-Line)`]`"
    )
