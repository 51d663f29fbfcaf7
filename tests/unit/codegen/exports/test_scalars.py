"""Each scalar's schema accepts exactly what the language accepts."""

from datetime import datetime

import pytest
from hypothesis import assume, given, settings, strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from surestep_codegen.exports.scalars import TEXT_KINDS, scalar_schema
from surestep_codegen.remarks import Remarks
from surestep_dsl.accept import find_refusal
from surestep_dsl.datatypes import NO_CONSTRAINTS, Constraints, JsonValue, Scalar, ScalarKind

FORMATS = FormatChecker(["date"])


@FORMATS.checks("date-time", raises=ValueError)
def is_datetime(value: object) -> bool:
    """The calendar is what `format` is for."""
    return not isinstance(value, str) or bool(datetime.fromisoformat(value.upper()))


VALUES: tuple[JsonValue, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 1.5, 1e300, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, [], {}),
    *("", "a", "1", "-1", "+1.50", ".5", "5.", "1e3", "1e99999", "NaN", "٣"),
    *("2024-01-31", "2024-02-30", "2024-13-01", "0000-01-01", "2024-1-1"),
    *("2024-01-31T12:00:00Z", "2024-01-31 12:00:00+01:30", "2024-01-31t12:00:00.123456789z", "2024-01-31T12:00:00"),
    *("2024-02-30T12:00:00Z", "2024-01-31T24:00:00Z", "12:00:00", "12:00:00.5", "12:00:00-05:00", "12:00", "25:00:00"),
    *(
        "1h30m",
        "30m1h",
        "500ms",
        "0s",
        "1h 30m",
        "-1h",
        "1.5h",
        "30",
        "PT1H",
        "P1DT1S",
        "P2W",
        "P",
        "PT",
        "P1DT",
        "P1Y",
    ),
    *("P1W2D", "9999999999999999999s"),
    *(
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
        "6ba7b8109dad11d180b400c04fd430c8",
    ),
    *("aGk=", "aGk", "aG=k", "====", "ab==", "a===", "AAAA", "+/8=", "-_8="),
    *("https://example.org/a?b#c", "mailto:a@b.c", "//x", "http://", "ftp://h", "a b://c", "http://a b"),
    *("ada@example.org", "a@b", "a b@c.d", "@b.c", "a@b.", "ü@b.c"),
)


def accepts(kind: ScalarKind, constraints: Constraints, value: JsonValue) -> bool:
    schema = scalar_schema(kind, constraints, "#", Remarks())
    return Draft202012Validator(schema, format_checker=FORMATS).is_valid(value)


@pytest.mark.parametrize("kind", ScalarKind)
def test_a_schema_accepts_what_its_kind_accepts(kind: ScalarKind) -> None:
    ours = [value for value in VALUES if find_refusal(value, Scalar(kind), {}) is None]
    assert [value for value in VALUES if accepts(kind, NO_CONSTRAINTS, value)] == ours
    assert ours


@settings(max_examples=200)
@given(st.sampled_from(TEXT_KINDS), st.text("0123456789-+:.TZPDHMSWtzwdhms=@/aAfF", max_size=24))
def test_texts_are_told_apart_alike(kind: ScalarKind, text: str) -> None:
    assume(kind is not ScalarKind.BYTES or len(text) % 4 == 0)  # Python decodes padding that nothing needs, too
    assert accepts(kind, NO_CONSTRAINTS, text) == (find_refusal(text, Scalar(kind), {}) is None)


@pytest.mark.parametrize("length", range(8))
def test_lengths_of_bytes_count_bytes(length: int) -> None:
    texts = ["", "AA==", "AAA=", "AAAA", "AAAAAA==", "AAAAAAA=", "AAAAAAAA", "AAAAAAAAAA=="]
    for constraints in (Constraints(min_length=length), Constraints(max_length=length)):
        ours = [find_refusal(text, Scalar(ScalarKind.BYTES, constraints), {}) is None for text in texts]
        assert [accepts(ScalarKind.BYTES, constraints, text) for text in texts] == ours


def test_bounds_of_integers_are_those_of_64_bits_unless_tighter() -> None:
    schema = scalar_schema(ScalarKind.INTEGER, Constraints(min=0, max=1e300, multiple_of=2), "#", Remarks())
    assert schema == {"type": "integer", "minimum": 0, "maximum": 2**63 - 1, "multipleOf": 2}


def test_bounds_that_json_schema_cannot_say_are_annotations_and_told() -> None:
    remarks = Remarks()
    schema = scalar_schema(ScalarKind.DURATION, Constraints(min="1s"), "#/x", remarks)
    assert schema["x-surestep"] == {"min": "1s"}
    assert [(remark.pointer, remark.what) for remark in remarks.made] == [("#/x", "min: 1s")]


def test_bounds_of_decimals_hold_for_numbers_and_are_annotations_for_texts() -> None:
    schema = scalar_schema(ScalarKind.DECIMAL, Constraints(min="0.5"), "#", Remarks())
    assert (schema["minimum"], schema["x-surestep"]) == (0.5, {"min": "0.5"})


def test_a_pattern_that_is_written_in_another_way_is_kept_as_it_was() -> None:
    schema = scalar_schema(ScalarKind.STRING, Constraints(pattern="a.b"), "#", Remarks())
    assert schema == {"type": "string", "pattern": r"a[^\n]b", "x-surestep": {"pattern": "a.b"}}


def test_a_pattern_without_counterpart_is_left_out_and_told() -> None:
    remarks = Remarks()
    schema = scalar_schema(ScalarKind.STRING, Constraints(pattern="(?i)a"), "#", remarks)
    assert schema == {"type": "string", "x-surestep": {"pattern": "(?i)a"}}
    assert [remark.loses for remark in remarks.made] == [True]
