import pytest

from surestep.cli.tables import print_table


def test_columns_are_aligned_and_nothing_trails(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("run", "status"), [("01A", "completed"), ("01BCD", "-")], empty="no runs")
    assert capsys.readouterr().out == "run    status\n01A    completed\n01BCD  -\n"


def test_an_entry_never_breaks_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("error",), [("first\n  second",)], empty="no errors")
    assert capsys.readouterr().out == "error\nfirst second\n"


def test_nothing_to_show_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("run",), [], empty="no runs")
    assert capsys.readouterr().out == "no runs\n"
