from collections.abc import Callable

import pytest

from surestep_dsl.expr import FUNCTIONS, ExprError, Value

ValueOf = Callable[..., Value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'h\u00e9llo'.size() + size([1]) + size({'a': 1})", 7),
        ("'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')", True),
        ("'\u00c4B'.lowerAscii() + '\u00e4b'.upperAscii()", "\u00c4b\u00e4B"),
        ("lowercase('\u00c4B') + uppercase('\u00e4b')", "\u00e4b\u00c4B"),
        ("'  a '.trim()", "a"),
        ("'a,b,c'.split(',')", ["a", "b", "c"]),
        ("'a,b,c'.split(',', 2)", ["a", "b,c"]),
        ("'a,b'.split(',', 0)", []),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("'abc'.split('', 2)", ["a", "bc"]),
        ("['a', 'b'].join() + ['a', 'b'].join('-')", "aba-b"),
        ("'aaa'.replace('a', 'b') + 'aaa'.replace('a', 'b', 1)", "bbbbaa"),
        ("'hello'.substring(3) + 'hello'.substring(1, 3)", "loel"),
        ("['hello'.indexOf('l'), 'hello'.indexOf('l', 3), 'hello'.indexOf('z')]", [2, 3, -1]),
        (r"'a1'.matches(r'\d') && matches('abc', '^a.c$') && !'abc'.matches('^b')", True),
        ("bool('true') && !bool('0')", True),
        ("b64decode('aGkgdGhlcmUh')", "hi there!"),
        ('json_parse(\'{"a": [1, {"b": 2}]}\').a[1].b / 4', 0.5),
    ],
)
def test_texts(value_of: ValueOf, text: str, value: Value) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "'abc'.substring(2, 1)",
        "'abc'.substring(4)",
        "'abc'.indexOf('a', 9)",
        "[1].join()",
        "b64decode('%')",
        "json_parse('{')",
        "json_parse('NaN')",
        "json_parse('1e999')",
        "bool('maybe')",
        "'a'.matches('(?=a)')",
        "string([1])",
        "'a'.nothing()",
        "'a'.size(1)",
        "'a'.lowercase()",
        "startsWith('a', 'a')",
        "'a'.substring(event.data.n)",
    ],
)
def test_wrong_arguments_are_error_values(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text, {"n": 0}), ExprError)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(timestamp('2025-01-31T12:00:00.5+01:00'))", "2025-01-31T11:00:00.5Z"),
        ("string(timestamp(0))", "1970-01-01T00:00:00Z"),
        ("string(timestamp('0001-01-01T00:00:00Z'))", "0001-01-01T00:00:00Z"),
        ("timestamp('2025-01-01T00:00:00Z') < timestamp('2025-01-01T00:00:00.000000001Z')", True),
        ("string(timestamp('2025-01-02T00:00:00Z') - timestamp('2025-01-01T00:00:00Z'))", "86400s"),
        ("string(timestamp('2025-01-01T00:00:00Z') + duration('1d'))", "2025-01-02T00:00:00Z"),
        ("string(duration('1h30m') - duration('PT1H') + duration('-1.5s'))", "1798.5s"),
        ("duration('1w') == duration('168h')", True),
        ("duration('90m').getHours() + duration('90m').getMinutes()", 91),
        ("duration('-1.5s').getMilliseconds()", -500),
        ("string(now())", "2025-01-01T00:00:00Z"),
        ("string(now_plus('24h')) + string(now_minus('1d'))", "2025-01-02T00:00:00Z2024-12-31T00:00:00Z"),
        ("string(date('2025-03-04'))", "2025-03-04T00:00:00Z"),
        ("string(date('2025-03-04T05:06:07'))", "2025-03-04T05:06:07Z"),
        ("string(date('Mon, 02 Jan 2006 15:04:05 GMT'))", "2006-01-02T15:04:05Z"),
        ("date(event.ts) == now() && date(1735689600) == now()", True),
        ("timestamp(int(event.ts) / 1000) == now()", True),
    ],
)
def test_times(value_of: ValueOf, text: str, value: Value) -> None:
    assert value_of(text) == value


def test_parts_of_a_timestamp_count_as_in_javascript(value_of: ValueOf) -> None:
    getters = ("FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear", "Hours", "Minutes", "Seconds")
    at = "timestamp('2025-02-16T13:14:15.016Z')"
    assert value_of(f"[{', '.join(f'{at}.get{getter}()' for getter in getters)}, {at}.getMilliseconds()]") == [
        *(2025, 1, 16, 15, 0, 46, 13, 14, 15),
        16,
    ]


def test_parts_of_a_timestamp_can_be_asked_for_in_a_time_zone(value_of: ValueOf) -> None:
    zones = ("UTC", "Europe/Paris", "-03:30", "05:45")
    parts = ", ".join(f"timestamp('2025-07-01T12:00:00Z').getHours('{zone}')" for zone in zones)
    assert value_of(f"[{parts}]") == [12, 14, 8, 17]


@pytest.mark.parametrize(
    "text",
    [
        "timestamp('2025-13-01T00:00:00Z')",
        "timestamp('2025-01-01')",
        "timestamp('9999-12-31T23:59:59-01:00')",
        "timestamp(253402300800)",
        "timestamp('9999-12-31T00:00:00Z') + duration('2d')",
        "duration('1 h')",
        "duration('293000d')",
        "duration('1h').getFullYear()",
        "now().getHours('Nowhere/Town')",
        "now().getHours('../../etc/passwd')",
        "timestamp('0001-01-01T00:00:00Z').getHours('-02:00')",
        "date('yesterday')",
        "date(5)",
        "timestamp('2025-01-01T00:00:00Z') + timestamp('2025-01-01T00:00:00Z')",
    ],
)
def test_impossible_times_are_error_values(value_of: ValueOf, text: str) -> None:
    assert isinstance(value_of(text), ExprError)


def test_a_signature_tells_how_a_function_is_called() -> None:
    assert FUNCTIONS["replace"].signature == "string.replace(string, string, int?)"
    assert FUNCTIONS["now_plus"].signature == "now_plus(string)"
