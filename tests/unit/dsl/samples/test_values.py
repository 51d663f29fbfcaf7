"""What is made of types, beyond what the samples of generated classes show."""

import pytest

from surestep_dsl.datatypes import Field, Named, ObjectDef, Scalar, ScalarKind
from surestep_dsl.samples.values import NoSampleError, SampleValues

STRING = Scalar(ScalarKind.STRING)


def test_fields_that_may_be_left_out_are_there_if_all_are_wanted() -> None:
    fields = (Field("a", STRING), Field("b", STRING, optional=True))
    assert dict(SampleValues({}).of_fields(fields)) == {"a": "a"}
    assert dict(SampleValues({}, complete=True).of_fields(fields)) == {"a": "a", "b": "b"}


def test_a_default_is_as_good_as_an_example() -> None:
    fields = (Field("a", STRING, optional=True, default="x"),)
    assert dict(SampleValues({}, complete=True).of_fields(fields)) == {"a": "x"}


def test_types_that_double_at_each_level_are_given_up() -> None:
    types = {
        f"T{level}": ObjectDef(f"T{level}", (Field("a", Named(f"T{level + 1}")), Field("b", Named(f"T{level + 1}"))))
        for level in range(60)
    }
    types["T60"] = ObjectDef("T60", (Field("x", STRING),))
    with pytest.raises(NoSampleError, match="an object of more than 10,000 others"):
        SampleValues(types).first(Named("T0"), "x")
