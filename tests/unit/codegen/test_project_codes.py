import re
from pathlib import Path

import surestep_codegen
from surestep_codegen.project_codes import PROJECT_CODES
from surestep_dsl.code_table import ALL_CODES

FOLDER = Path(surestep_codegen.__file__).parent


def test_every_code_of_the_table_is_reported_somewhere_and_no_other() -> None:
    sources = [path.read_text() for path in FOLDER.rglob("*.py") if path.name != "project_codes.py"]
    assert {code for text in sources for code in re.findall(r'"(K\d{3})"', text)} == set(PROJECT_CODES)


def test_no_code_is_one_of_specs() -> None:
    assert not set(PROJECT_CODES) & set(ALL_CODES)


def test_pages_are_whole_sentences() -> None:
    assert [code for code, found in PROJECT_CODES.items() if not re.fullmatch(r"[A-Z`].*\.", found.page)] == []


def test_codes_are_sorted() -> None:
    assert list(PROJECT_CODES) == sorted(PROJECT_CODES)
