"""Every rule's own examples are its tests."""

import re

import pytest

from surestep_codegen.breaking.comparison import Comparison
from surestep_codegen.breaking.rule import Rule
from surestep_codegen.breaking.rules import RULES
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

VALID = [pytest.param(rule, old, new, id=rule.code) for rule in RULES for old, new in rule.valid]
INVALID = [pytest.param(rule, old, new, id=rule.code) for rule in RULES for old, new in rule.invalid]


def project(text: str) -> Project:
    header = "spec: 1\n" if re.search("^app:", text, re.MULTILINE) else "spec: 1\napp: shop\n"
    loaded = load_files({"a.yaml": header + text})
    assert loaded.errors == ()
    assert loaded.project is not None
    return loaded.project


@pytest.mark.parametrize(("rule", "old", "new"), INVALID)
def test_a_rule_finds_what_its_examples_show(rule: Rule, old: str, new: str) -> None:
    assert list(rule.find(Comparison(project(old), project(new))))


@pytest.mark.parametrize(("rule", "old", "new"), VALID)
def test_a_rule_finds_nothing_in_its_counterexamples(rule: Rule, old: str, new: str) -> None:
    assert list(rule.find(Comparison(project(old), project(new)))) == []


@pytest.mark.parametrize(("rule", "old", "new"), VALID + INVALID)
def test_a_contract_is_compatible_with_itself(rule: Rule, old: str, new: str) -> None:
    one = project(new)
    assert [found for each in RULES for found in each.find(Comparison(one, one))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_page_for_the_manual_and_an_example(rule: Rule) -> None:
    assert rule.find.__doc__
    assert rule.invalid
    assert rule.valid


def test_codes_are_distinct_and_in_order() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
