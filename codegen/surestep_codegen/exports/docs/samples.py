"""A plausible payload for a page that has no example: all fields, also those that may be left out.

What is made is held against the types; where it is refused, there is no sample.
"""

from collections.abc import Mapping

from surestep_codegen.limits import MAX_SAMPLE_TYPES
from surestep_dsl.accept import find_refusal_of_fields
from surestep_dsl.datatypes import Field, JsonValue, TypeDef
from surestep_dsl.samples.values import NoSampleError, SampleValues

__all__ = ["make_sample"]


def make_sample(fields: tuple[Field, ...], types: Mapping[str, TypeDef]) -> JsonValue:
    """An object with these fields, or None where none is found."""
    try:
        sample = dict(SampleValues(types, complete=True, most_objects=MAX_SAMPLE_TYPES).of_fields(fields))
    except NoSampleError:
        return None
    return None if find_refusal_of_fields(sample, fields, types) else sample
