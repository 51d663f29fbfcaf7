import json

from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span
from surestep_dsl.nodes import SourceText
from surestep_dsl.report import render_json, render_summary, render_text

SOURCES = {"a.yaml": SourceText("a.yaml", "spec: 1\n\tapp: shop\nx: " + "y" * 400)}
FOUND = Diagnostic(
    "S101",
    Severity.ERROR,
    "no key",
    Span("a.yaml", 1, 1, 1, 5),
    "a hint",
    (Related(Span("b.yaml", 2, 3, 2, 4), "here"),),
)


def test_text_shows_the_line_a_caret_the_hint_and_related_places() -> None:
    assert render_text([FOUND], SOURCES) == (
        "a.yaml:1:1: error[S101]: no key\n  1 | spec: 1\n    | ^^^^\n  hint: a hint\n  b.yaml:2:3: here\n\n"
    )


def test_the_caret_stays_below_its_character_behind_tabs_and_in_long_lines() -> None:
    behind_tab = Diagnostic("S101", Severity.ERROR, "m", Span("a.yaml", 2, 2, 2, 5))
    far_right = Diagnostic("S101", Severity.ERROR, "m", Span("a.yaml", 3, 300, 3, 301))

    assert "    | \t^^^\n" in render_text([behind_tab], SOURCES)
    assert max(map(len, render_text([far_right], SOURCES).splitlines())) < 180


def test_a_place_without_source_is_named_only() -> None:
    assert (
        render_text([Diagnostic("S117", Severity.ERROR, "m", Span("c", 1, 1, 1, 1))], SOURCES)
        == "c:1:1: error[S117]: m\n\n"
    )


def test_colours_come_from_the_caller() -> None:
    text = render_text([FOUND], SOURCES, lambda text, style: f"<{style}>{text}</>")

    assert "<error>error[S101]:</> no key" in text
    assert "<caret>^^^^</>" in text


def test_json_has_the_promised_keys() -> None:
    assert json.loads(render_json([FOUND])) == [
        {
            "code": "S101",
            "severity": "error",
            "message": "no key",
            "hint": "a hint",
            "file": "a.yaml",
            "line": 1,
            "column": 1,
            "end_line": 1,
            "end_column": 5,
            "related": [{"message": "here", "file": "b.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 4}],
        }
    ]


def test_the_summary_counts_by_severity() -> None:
    warning = Diagnostic("V201", Severity.WARNING, "m", FOUND.span)

    assert render_summary([FOUND, FOUND, warning], 3) == "2 errors, 1 warning in 3 files"
    assert render_summary([], 1) == "no problems in 1 file"
