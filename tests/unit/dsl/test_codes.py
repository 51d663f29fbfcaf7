import re
from pathlib import Path

import surestep_dsl
from surestep_dsl.codes import CODES
from surestep_dsl.expr import PROBLEM_CODES

SOURCES = [
    path
    for path in Path(surestep_dsl.__file__).parent.rglob("*.py")
    if path.name not in ("codes.py", "determinism_codes.py", "problems.py") and path.parent.name != "explanations"
]


def test_every_code_of_the_table_is_reported_somewhere_and_no_other() -> None:
    used = {code for path in SOURCES for code in re.findall(r'"([A-Z]\d{3})"', path.read_text(encoding="utf-8"))}

    assert used - set(PROBLEM_CODES) == set(CODES)


def test_a_code_means_one_thing() -> None:
    assert not set(CODES) & set(PROBLEM_CODES)


def test_only_what_leaves_a_clear_meaning_can_be_adjusted() -> None:
    assert CODES["V201"].adjustable
    assert not CODES["S010"].adjustable


def test_an_endless_loop_is_an_error_that_settings_may_lower() -> None:
    assert CODES["G101"].adjustable
    assert CODES["G101"].severity == "error"
