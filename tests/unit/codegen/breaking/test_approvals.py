"""Approvals and what they do to findings."""

from datetime import date

import pytest

from surestep_codegen.breaking.approvals import Approval, parse_approvals
from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.judge import Finding, find_findings, find_idle_approvals
from surestep_dsl.load import load_files
from surestep_dsl.model import Project
from surestep_dsl.nodes import SourceText

TODAY = date(2025, 1, 31)
CODES = ("B102", "B302")
ENTRY = '[[approved]]\ncode = "B102"\npath = "events.a/b.data.n"\nreason = "nobody sends it"\ndate = 2025-01-01\n'


def entries(text: str) -> tuple[Approval, ...]:
    found, problems = parse_approvals(SourceText("ok.toml", text), CODES)
    assert problems == ()
    return found


def project(data: str) -> Project:
    loaded = load_files({"a.yaml": f"spec: 1\napp: shop\nevents: {{a/b: {{data: {{{data}}}}}}}"})
    assert loaded.project is not None
    return loaded.project


def judged(text: str, *failing: str) -> dict[str, Finding]:
    both = Comparison(project("n?: string"), project(""))
    found = find_findings(both, failing=failing, approvals=entries(text), today=TODAY, external_consumers=False)
    return {one.rule.code: one for one in found}


def test_categories_and_codes_choose_what_fails() -> None:
    assert {code: one.fails for code, one in judged("", "WIRE").items()} == {"B102": True, "B302": False}
    assert {code: one.fails for code, one in judged("", "B302").items()} == {"B102": False, "B302": True}


def test_an_approved_finding_passes_and_says_why() -> None:
    found = judged(ENTRY, "WIRE", "SOURCE")
    assert (found["B102"].fails, found["B102"].approval) == (False, entries(ENTRY)[0])
    assert (found["B302"].fails, found["B302"].approval) == (True, None)


def test_an_approval_counts_until_its_last_day() -> None:
    assert not judged(f"{ENTRY}until = 2025-01-31\n", "WIRE")["B102"].fails
    assert judged(f"{ENTRY}until = 2025-01-30\n", "WIRE")["B102"].fails


def test_entries_that_do_nothing_are_reported_with_their_place() -> None:
    text = f"{ENTRY}until = 2025-01-30\n{ENTRY.replace('.n', '.gone')}"
    idle = find_idle_approvals(entries(text), judged(text, "WIRE").values(), TODAY)
    assert [(one.code, one.severity.value, one.span.line, one.message) for one in idle] == [
        ("B903", "warning", 1, "the approval of B102 at events.a/b.data.n counted until 2025-01-30"),
        ("B902", "warning", 7, "the approval of B102 at events.a/b.data.gone approves nothing"),
    ]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (ENTRY.replace('reason = "nobody sends it"\n', ""), ["an approval needs a `reason`"]),
        (ENTRY.replace("nobody sends it", " "), ["the `reason` of an approval must be a text"]),
        (ENTRY.replace("date = 2025-01-01\n", ""), ["an approval needs a `date`"]),
        (ENTRY.replace("2025-01-01", "2025-01-01T10:00:00Z"), ["`date` must be a day such as 2025-01-31"]),
        (ENTRY.replace("2025-01-01", "'soon'"), ["`date` must be a day such as 2025-01-31"]),
        (ENTRY.replace("B102", "B999"), ["there is no code `B999`"]),
        (f"{ENTRY}untill = 2025-02-01\n", ["an approval has no key `untill`"]),
        ('code = "B102"', ["approvals are [[approved]] tables and nothing else"]),
        ("approved = 1", ["approvals are [[approved]] tables and nothing else"]),
        ("[[approved]", ["not valid TOML: Expected ']]' at the end of an array declaration"]),
        (
            "[[approved]]",
            [
                "an approval needs a `code`",
                "an approval needs a `path`",
                "an approval needs a `reason`",
                "an approval needs a `date`",
            ],
        ),
    ],
)
def test_a_faulty_entry_is_an_error_and_approves_nothing(text: str, messages: list[str]) -> None:
    found, problems = parse_approvals(SourceText("ok.toml", text), CODES)
    assert found == ()
    assert [(one.code, one.severity.value, one.span.line) for one in problems] == [("B901", "error", 1)] * len(messages)
    assert [one.message for one in problems] == messages


def test_dates_may_be_texts() -> None:
    assert entries(ENTRY.replace("2025-01-01", "'2025-01-01'")) == entries(ENTRY)
