"""Random expressions have the same value here and in CEL's own C++ implementation.

The expressions are well typed, the events hold what JSON holds. Where the dialect differs from CEL on purpose is
listed in `DIFFERENCES`, with what both sides say; the random expressions keep away from those places.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from surestep_dsl.expr import ExprError, Problem, compile_expression, evaluate, parse_expression
from surestep_dsl.expr.values import Duration, Int, Moment

cel = pytest.importorskip("cel_expr_python.cel", reason="the oracle is not installed: cel-expr-python")
ext_strings = pytest.importorskip("cel_expr_python.ext.ext_strings")

SEED: Final = 20_250_131
EXPRESSIONS: Final = 4_000
EVENT: Final[dict[str, Any]] = {
    "name": "order/created",
    "id": "01J",
    "data": {
        "half": 2.5,
        "five": 5.0,
        "minus": -7.0,
        "tiny": 1e-9,
        "text": "Straße 12",
        "empty": "",
        "yes": True,
        "no": False,
        "none": None,
        "numbers": [1.0, 2.5, -3.0],
        "texts": ["usd", "eur", ""],
        "nothing": [],
        "labels": {"a": 1.0, "b": 2.0},
    },
}
ERROR: Final = "error"
REFUSED: Final = "refused"

# Text, our value, the oracle's value, why.
DIFFERENCES: Final = [
    ("event.data.missing == null", True, ERROR, "a missing field is null in == and !="),
    ("event.data.numbers[9] != 1", True, ERROR, "a missing index likewise"),
    ("has(event.data.missing.deeper)", False, ERROR, "has() is false where the way to the field is missing"),
    ("event.data.five + 1", 6.0, ERROR, "numbers of JSON are doubles, literals are ints; arithmetic mixes them"),
    ("1.0 / 0.0", ERROR, float("inf"), "JSON has no infinity: overflow and division by zero are errors"),
    ("9223372036854775807 < 9223372036854775808.0", True, False, "numbers are compared exactly"),
    ("duration('1d')", Duration(86_400_000_000_000), ERROR, "durations are those of the spec language, too"),
    ("string(duration('1.5s'))", "1.5s", "1.500s", "the C++ implementation pads; CEL's conformance cases do not say"),
    ("string(timestamp('2025-01-01T00:00:00.5Z'))", "2025-01-01T00:00:00.5Z", "2025-01-01T00:00:00.500Z", "likewise"),
    ("'ab'.substring(0, 2)", "ab", ERROR, "a fault of the C++ implementation: an end at the end is inside"),
    ("''.split('')", [], [""], "as the Go implementation has it"),
    ("{'a': 1, 'a': 2} == {} || true", True, ERROR, "a key that stands twice is absorbed like any other error"),
    ("string(-0.0)", "0", "-0", "equal numbers have equal texts, because keys are texts"),
    ("timestamp('0001-01-01T00:00:00Z').getHours('-03:30')", ERROR, 20, "before the year 1 in that time zone"),
]


def our_value(text: str) -> object:
    expression = parse_expression(text)
    if isinstance(expression, Problem):
        return REFUSED
    value = evaluate(compile_expression(expression), EVENT, now_ms=0)
    return ERROR if isinstance(value, ExprError) else value


def oracle_value(text: str) -> object:
    environment = cel.NewEnv(variables={"event": cel.Type.DYN}, extensions=[ext_strings.ExtStrings()])
    try:
        expression = environment.compile(text, disable_check=True)
    except RuntimeError:
        return REFUSED
    try:
        result = expression.eval(data={"event": EVENT})
    except RuntimeError:
        return ERROR
    return ERROR if result.type() == cel.Type.ERROR else as_ours(result)


def as_ours(value: Any) -> object:
    """A value of the oracle in our classes, with ints apart from doubles."""
    plain = value.value()
    match plain:
        case bool() | float() | str() | None:
            return plain
        case int():
            return Int(plain)
        case list():
            return [as_ours(item) for item in plain]
        case dict():
            return {key: as_ours(item) for key, item in plain.items()}
        case datetime():
            return Moment((plain - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1_000)
        case timedelta():
            return Duration(plain // timedelta(microseconds=1) * 1_000)
        case _:
            raise AssertionError(plain)


def same(one: object, other: object) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    return type(one) is type(other) and one == other


class Writer:
    """Writes random expressions of a wanted type, at most `depth` operators deep."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._fields: dict[str, list[str]] = {}
        self._makers: dict[str, list[Callable[[int], str]]] = {
            "bool": [self._logic, self._logic, self._comparison, self._equality, self._text_test, self._loop_test],
            "int": [self._int_arithmetic, self._int_function, self._getter],
            "double": [self._double_arithmetic, self._double_function],
            "string": [self._text_function],
            "list": [self._list_function],
            "timestamp": [self._instant],
            "duration": [self._span],
        }

    def write(self, kind: str, depth: int) -> str:
        roll = self._random.random()
        if depth <= 0 or roll < 0.15:
            return self._pick(LEAVES[kind])
        if roll < 0.25:
            return f"({self.write('bool', depth - 1)} ? {self.write(kind, depth - 1)} : {self.write(kind, depth - 1)})"
        return self._random.choice(self._makers[kind])(depth - 1)

    def _pick(self, *choices: list[str]) -> str:
        return self._random.choice([text for texts in choices for text in texts])

    def _fill(self, depth: int, *patterns: str) -> str:
        """One of the patterns, with an expression for each `<kind>` in it."""
        pattern = self._random.choice(patterns)
        for kind in LEAVES:
            while f"<{kind}>" in pattern:
                pattern = pattern.replace(f"<{kind}>", self.write(kind, depth), 1)
        return pattern

    def _logic(self, depth: int) -> str:
        return self._fill(depth, "(<bool> && <bool>)", "(<bool> || <bool>)", "!<bool>", "(<bool> && <bool> && <bool>)")

    def _comparison(self, depth: int) -> str:
        operator = self._pick(["<", "<=", ">", ">="])
        kind = self._pick(["int", "double", "string", "timestamp", "duration", "bool"])
        return self._fill(depth, f"(<{kind}> {operator} <{kind}>)")

    def _equality(self, depth: int) -> str:
        """No operand is a field or an index that could be missing, because that is null in the dialect."""
        kind = self._pick([*LEAVES])
        sides = (
            self._pick(SURE[kind]) if self._random.random() < 0.5 else COMPUTED[kind].format(self.write(kind, depth))
            for _ in range(2)
        )
        return f"({self._pick([' == ', ' != ']).join(sides)})"

    def _text_test(self, depth: int) -> str:
        method = self._pick(["startsWith", "endsWith", "contains"])
        return self._fill(
            depth,
            f"<string>.{method}(<string>)",
            f"<string>.matches({self._pick(PATTERNS)})",
            "bool(string(<bool>))",
            "bool(<string>)",
            "(<int> in [<int>, <int>, 3])",
            "(<string> in [<string>, 'usd'])",
            "(<string> in event.data.labels)",
            "(<string> in {<string>: 1})",
            "has(event.data.missing)",
            "has(event.data.half)",
            "has({'a': <int>}.a)",
        )

    def _loop_test(self, depth: int) -> str:
        macro = self._pick(["all", "exists", "exists_one"])
        return self._fill(
            depth,
            f"<list>.{macro}(x, x > <double>)",
            f"<list>.{macro}(x, <int> / int(x) <= 2 || <bool>)",
            f"event.data.texts.{macro}(t, t < <string>)",
            f"event.data.texts.{macro}(t, <list>.{macro}(x, t + string(x) < <string>))",
            f"event.data.labels.{macro}(k, event.data.labels[k] > <double>)",
            f"[<bool>, <bool>, <bool>].{macro}(b, b)",
        )

    def _int_arithmetic(self, depth: int) -> str:
        return self._fill(depth, f"(<int> {self._pick(['+', '-', '*', '/', '%'])} <int>)", "-(<int>)")

    def _int_function(self, depth: int) -> str:
        return self._fill(
            depth,
            "size(<string>)",
            "<list>.size()",
            "int(<double>)",
            "int(string(<int>))",
            "int(<string>)",
            "int(<timestamp>)",
            "[<int>, <int>][<int>]",
            "{'a': <int>, 'b': <int>}['b']",
            "{<string>: <int>}.a",
            "<string>.indexOf(<string>)",
            "<string>.indexOf(<string>, <int>)",
        )

    def _getter(self, depth: int) -> str:
        zone = self._pick(["", "", "'UTC'", "'Europe/Paris'", "'-03:30'", "'Nowhere'"])
        part = self._pick(["FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear", "Hours", "Minutes"])
        unit = self._pick(["Hours", "Minutes", "Seconds", "Milliseconds"])
        return self._fill(depth, f"<timestamp>.get{part}({zone})", f"<duration>.get{unit}()")

    def _double_arithmetic(self, depth: int) -> str:
        return self._fill(
            depth, f"(<double> {self._pick(['+', '-', '*'])} <double>)", "(<double> / 4.0)", "-(<double>)"
        )

    def _double_function(self, depth: int) -> str:
        return self._fill(
            depth,
            "double(<int>)",
            "double(string(<double>))",
            "double(<string>)",
            "event.data.numbers[<int>]",
            "<list>[<int>]",
            "event.data.labels[<string>]",
        )

    def _text_function(self, depth: int) -> str:
        return self._fill(
            depth,
            "(<string> + <string>)",
            "string(<int>)",
            "string(<bool>)",
            "string(<timestamp>)",
            "<string>.lowerAscii()",
            "<string>.upperAscii()",
            "<string>.trim()",
            "<string>.replace(<string>, <string>)",
            "<string>.replace(<string>, <string>, <int>)",
            "<string>.substring(<int>)",
            "(<string> + 'bb').substring(<int>, size(<string>) % 2)",
            "(<string> + 'a').split(<string>)[<int>]",
            "(<string> + 'a').split(<string>, <int>).join('-')",
            "event.data.texts.join(<string>)",
            "event.data.texts[<int>]",
        )

    def _list_function(self, depth: int) -> str:
        return self._fill(
            depth,
            "[<double>, <double>]",
            "(<list> + <list>)",
            "<list>.filter(x, x < <double>)",
            "<list>.map(x, x * <double>)",
            "<list>.map(x, x >= <double>, -x)",
            "event.data.texts.map(t, double(size(t)))",
        )

    def _instant(self, depth: int) -> str:
        return self._fill(depth, "(<timestamp> + <duration>)", "(<timestamp> - <duration>)", "timestamp(<int>)")

    def _span(self, depth: int) -> str:
        return self._fill(
            depth, "(<duration> + <duration>)", "(<duration> - <duration>)", "(<timestamp> - <timestamp>)"
        )


SURE: Final = {
    "bool": ["true", "false", "event.data.yes", "event.data.no"],
    "int": ["0", "0", "1", "1", "-1", "2", "2", "5", "37", "0x1F", "9223372036854775807", "-9223372036854775808"],
    "double": [
        "0.0",
        "1.5",
        "-2.25",
        "1e30",
        "event.data.half",
        "event.data.five",
        "event.data.minus",
        "event.data.tiny",
    ],
    "string": [
        "''",
        "'a'",
        "'usd'",
        "' b '",
        "r'\\d'",
        "'-5'",
        "'2.5'",
        "'é🐱'",
        "event.data.text",
        "event.data.empty",
    ],
    "list": ["[]", "[1.5, 2.0]", "event.data.numbers", "event.data.nothing"],
    "timestamp": [
        "timestamp('2024-02-29T23:30:00Z')",
        "timestamp('0001-01-02T00:00:00Z')",
        "timestamp('1969-07-20T20:17:40+02:00')",
    ],
    "duration": ["duration('90s')", "duration('-1.5h')", "duration('1h30m')", "duration('250001us')"],
}
LEAVES: Final = {kind: [*texts * 5, "event.data.missing"] for kind, texts in SURE.items()}
COMPUTED: Final = {
    "bool": "!{}",
    "int": "({} + 0)",
    "double": "({} + 0.0)",
    "string": "({} + '')",
    "list": "({} + [])",
    "timestamp": "({} + duration('0s'))",
    "duration": "({} + duration('0s'))",
}
PATTERNS: Final = ["'^[a-z]+$'", r"r'\d'", "'(a|b)*'", "'[[:upper:]]'", "'.'", r"'\\pL'", "'('"]


def test_random_expressions_have_the_values_that_cel_gives_them(capsys: pytest.CaptureFixture[str]) -> None:
    writer = Writer(SEED)
    kinds = ["bool", "bool", "bool", *LEAVES]
    texts = {writer.write(kinds[place % len(kinds)], 1 + place % 4) for place in range(EXPRESSIONS)}
    pairs = [(text, our_value(text), oracle_value(text)) for text in sorted(texts, key=len)]
    different = [(text, ours, theirs) for text, ours, theirs in pairs if not same(ours, theirs)]
    errors = sum(theirs in (ERROR, REFUSED) for _, _, theirs in pairs)
    with capsys.disabled():
        print(f"\n{len(pairs)} random expressions (seed {SEED}) compared with CEL, {errors} of them errors for both")  # noqa: T201
    assert different[:10] == []


@pytest.mark.parametrize(("text", "ours", "theirs", "why"), DIFFERENCES)
def test_a_known_difference_is_as_listed(text: str, ours: object, theirs: object, why: str) -> None:
    assert (our_value(text), oracle_value(text)) == (ours, theirs), why
