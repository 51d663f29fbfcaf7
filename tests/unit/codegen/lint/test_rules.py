"""Each rule's own examples."""

import pytest

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.parsing import ParsedModule, parse_module
from surestep_codegen.lint.reading import read_module
from surestep_codegen.lint.rule import Rule
from surestep_codegen.lint.rules import RULES

SIGNS = HandlerSigns(names=frozenset({"handle"}))


def codes_found(text: str) -> set[str]:
    parsed = parse_module(text.encode())
    assert isinstance(parsed, ParsedModule)
    facts = read_module(parsed, "shop", "shop.py", SIGNS, RULES, is_package=False)
    return {fault.code for fault in facts.functions["handle"].faults}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule in RULES for text in rule.invalid])
def test_it_finds_its_invalid_examples(rule: Rule, text: str) -> None:
    assert codes_found(text) == {rule.code}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule in RULES for text in rule.valid])
def test_it_lets_its_valid_examples_pass(rule: Rule, text: str) -> None:
    assert codes_found(text) == set()


def test_rules_are_in_the_order_of_their_codes_and_explain_themselves() -> None:
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert [rule.code for rule in RULES if not rule.find.__doc__ or not rule.valid or not rule.invalid] == []
