"""Bounds of the language as those of pydantic."""

import pytest

from surestep_codegen.generate import generate_files
from surestep_codegen.plan.index import Layout
from surestep_dsl.load import load_files


@pytest.mark.parametrize(
    ("form", "annotation"),
    [
        ("min: 0.5, max: 9.5", "Annotated[Integer, Field(ge=1, le=9)]"),
        ("exclusive_min: 0.5, exclusive_max: 9.5", "Annotated[Integer, Field(gt=0, lt=10)]"),
        ("min: -0.5, multiple_of: 1.5", "Annotated[Integer, Field(ge=0, multiple_of=3)]"),
    ],
)
def test_bounds_of_an_integer_that_are_fractions_enclose_the_same_numbers(form: str, annotation: str) -> None:
    spec = f"spec: 1\napp: shop\nevents: {{a/b: {{data: {{n: {{type: integer, {form}}}}}}}}}\n"
    project = load_files({"shop.yaml": spec}).project
    assert project is not None
    text = generate_files(project, Layout("shop.contract", "shop.handlers"))["shop/contract/events/a_b.py"]
    assert f"    n: {annotation}\n" in text
