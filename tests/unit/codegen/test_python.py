"""How text becomes Python source."""

import ast

import pytest
from hypothesis import given, strategies as st

from surestep_codegen.python import Import, Reference, Scope, spell_docstring, spell_text

MONEY = Reference("shop.types.money", "Money", "Type")


@given(st.text())
def test_every_text_can_be_a_string_literal(text: str) -> None:
    assert ast.literal_eval(spell_text(text)) == text


@given(st.text())
def test_every_text_can_be_a_docstring(text: str) -> None:
    tree = ast.parse(f"class A:\n    {spell_docstring(text, 4)}\n")
    assert len(tree.body) == 1
    assert ast.get_docstring(tree.body[0]) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("One line.", '"""One line."""'),
        ('Says "hello"', '"""Says "hello\\""""'),
        ('Three """ quotes', r'"""Three \"\"\" quotes"""'),
        ("A \\ backslash", '"""A \\\\ backslash"""'),
        ("Two\nlines", '"""Two\n    lines\n    """'),
        ("A NUL \0", '"""A NUL \\x00"""'),
    ],
)
def test_a_docstring_says_what_the_text_says(text: str, source: str) -> None:
    assert spell_docstring(text, 4) == source


def test_imports_are_sorted_by_section_module_and_name() -> None:
    scope = Scope("shop.events.paid", {"Paid"}, (), [MONEY])
    scope.reference(MONEY)
    for module, name in (("pydantic", "Field"), ("typing", "Literal"), ("typing", "Annotated"), ("datetime", "date")):
        scope.library(module, name)
    assert scope.imports() == (
        Import(0, "datetime", (("date", "date"),)),
        Import(0, "typing", (("Annotated", "Annotated"), ("Literal", "Literal"))),
        Import(1, "pydantic", (("Field", "Field"),)),
        Import(2, "shop.types.money", (("Money", "Money"),)),
    )


def test_a_library_name_that_a_field_hides_gets_an_underscore() -> None:
    scope = Scope("shop.events.paid", (), {"date"}, ())
    assert scope.library("datetime", "date") == "_date"


def test_a_library_name_that_an_imported_type_hides_gets_an_underscore() -> None:
    assert Scope("shop.events.paid", (), (), [MONEY]).library("money", "Money") == "_Money"


def test_an_imported_class_named_like_an_own_one_gets_a_suffix() -> None:
    assert Scope("shop.functions.money", {"Money"}, (), [MONEY]).reference(MONEY) == "MoneyType"


def test_a_name_of_the_module_itself_is_not_imported() -> None:
    scope = Scope("shop.types.money", {"Money"}, (), [MONEY])
    assert (scope.reference(MONEY), scope.imports()) == ("Money", ())
