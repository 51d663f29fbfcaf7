"""Every check's own examples are its tests."""

import pytest

from surestep_dsl.checks import CHECKS, Check
from surestep_dsl.load import load_files

HEADER = "spec: 1\napp: shop\n"
VALID = [(check, text) for check in CHECKS for text in check.valid]
INVALID = [(text, code) for check in CHECKS for text, code in check.invalid]


@pytest.mark.parametrize(("check", "text"), VALID)
def test_a_valid_example_has_no_error_and_no_finding_of_its_check(check: Check, text: str) -> None:
    loaded = load_files({"a.yaml": HEADER + text})

    assert loaded.errors == ()
    assert not {found.code for found in loaded.diagnostics} & set(check.codes)


@pytest.mark.parametrize(("text", "code"), INVALID)
def test_an_invalid_example_has_exactly_the_promised_finding(text: str, code: str) -> None:
    loaded = load_files({"a.yaml": HEADER + text})

    assert code in [found.code for found in loaded.diagnostics]
    assert [found for found in loaded.errors if found.code != code] == []


@pytest.mark.parametrize("check", CHECKS)
def test_every_code_of_a_check_has_an_invalid_example(check: Check) -> None:
    assert {code for _, code in check.invalid} == set(check.codes)


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_a_page_for_the_manual(check: Check) -> None:
    assert check.find.__doc__


def test_a_stated_handler_must_not_be_the_place_that_follows_from_another_id() -> None:
    text = f"{HEADER}functions: {{process-order: {{}}, other: {{handler: 'shop.handlers.process_order:handle'}}}}"

    assert [found.code for found in load_files({"a.yaml": text}, handlers="shop.handlers").errors] == ["F107"]
