from surestep.cli.tables import render_plain


def test_columns_are_aligned_and_nothing_trails() -> None:
    assert render_plain(("run", "status"), [("01A", "completed"), ("01BCD", "-")]) == (
        "run    status\n01A    completed\n01BCD  -"
    )


def test_an_entry_never_breaks_its_line() -> None:
    assert render_plain(("error",), [("first\n  second",)]) == "error\nfirst second"
