import json

import pytest

from surestep_dsl.baseline import Baseline, parse_baseline, render_baseline, subtract_baseline
from surestep_dsl.load import Loaded, load_files
from surestep_dsl.nodes import SourceText

HEADER = "spec: 1\napp: shop\nevents:\n"


def load(text: str) -> Loaded:
    return load_files({"a.yaml": HEADER + text})


def baseline_of(loaded: Loaded) -> Baseline:
    baseline = parse_baseline(SourceText("known.json", render_baseline(loaded.diagnostics, loaded.sources)))
    assert baseline is not None
    return baseline


def left(known: str, now: str) -> list[tuple[str, int]]:
    loaded = load(now)
    found = subtract_baseline(loaded.diagnostics, loaded.sources, baseline_of(load(known)))
    return [(one.code, one.span.line) for one in found]


def test_known_findings_are_left_out() -> None:
    assert left("  payment: {}\n  refund: {}\n", "  payment: {}\n  refund: {}\n") == []


def test_new_findings_stay() -> None:
    assert left("  payment: {}\n", "  payment: {}\n  refund: {}\n") == [("V201", 5)]


def test_lines_may_move_and_be_indented_anew() -> None:
    assert left("  payment: {}\n", "  # more\n\n  shop/order.created: {}\n  payment:   {}\n") == []


def test_a_changed_line_is_a_new_finding() -> None:
    assert left("  payment: {}\n", "  payment: {data: {a: string}}\n") == [("V201", 4), ("S203", 4)]


def test_of_equal_findings_each_needs_its_entry() -> None:
    one = "  shop/order.created: {data: {a?: {type: string, deprecated: true}}}\n"
    twice = one + "  shop/a.b: {id: x}\n"
    loaded = load(twice)
    doubled = (*loaded.diagnostics, *loaded.diagnostics)
    found = subtract_baseline(doubled, loaded.sources, baseline_of(loaded))
    assert [one.code for one in found] == ["V202"]


def test_an_entry_that_is_found_no_more_is_told_at_its_line_of_the_baseline() -> None:
    loaded = load("  payment: {}\n")
    known = baseline_of(load("  payment: {}\n  refund: {}\n"))
    (stale,) = subtract_baseline(loaded.diagnostics, loaded.sources, known)
    assert (stale.code, stale.message) == ("S203", "V201 in a.yaml, which the baseline knows, is found no more")
    assert stale.span.file == "known.json"
    assert "`refund`" in known.source.line(stale.span.line)


def test_a_baseline_has_a_line_for_each_finding() -> None:
    loaded = load("  refund: {}\n  payment: {}\n")
    text = render_baseline(loaded.diagnostics, loaded.sources)
    assert [sorted(entry) for entry in json.loads(text)["findings"]] == [["code", "file", "fingerprint", "message"]] * 2
    assert len(text.splitlines()) == 7
    assert render_baseline((), {}) == '{\n  "version": 1,\n  "findings": []\n}\n'


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{}]}'])
def test_something_else_is_no_baseline(text: str) -> None:
    assert parse_baseline(SourceText("x", text)) is None
