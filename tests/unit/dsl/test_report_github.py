from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span
from surestep_dsl.report_github import render_github


def test_a_finding_is_a_command_with_place_and_title() -> None:
    found = Diagnostic("S010", Severity.ERROR, "twice", Span("specs/a.yaml", 3, 1, 3, 4))

    assert render_github([found]) == (
        "::error file=specs/a.yaml,line=3,endLine=3,col=1,endColumn=3,title=S010%3A a key twice in one mapping::twice\n"
    )


def test_what_commands_use_themselves_is_escaped() -> None:
    found = Diagnostic("V201", Severity.WARNING, "100%:\r\n::error::, x", Span("a,b:c%.yaml", 1, 1, 1, 2))

    text = render_github([found])

    assert text.startswith("::warning file=a%2Cb%3Ac%25.yaml,line=1,")
    assert text.endswith("::100%25:%0D%0A::error::, x\n")
    assert text.count("\n") == 1


def test_a_finding_over_several_lines_has_no_columns() -> None:
    found = Diagnostic("V201", Severity.INFO, "m", Span("a.yaml", 1, 5, 3, 2))

    assert render_github([found]).startswith("::notice file=a.yaml,line=1,endLine=3,title=")


def test_a_place_between_two_characters_is_shown_at_the_next() -> None:
    found = Diagnostic("S104", Severity.ERROR, "m", Span("a.yaml", 1, 5, 1, 5))

    assert "col=5,endColumn=5," in render_github([found])


def test_hint_and_related_places_are_further_lines() -> None:
    related = Related(Span("b.yaml", 2, 3, 2, 4), "here")
    found = Diagnostic("S010", Severity.ERROR, "m", Span("a.yaml", 1, 1, 1, 2), "do this", (related,))

    assert render_github([found]).endswith("::m%0Ahint: do this%0Ab.yaml:2: here\n")
