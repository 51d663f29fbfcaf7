"""CEL's own conformance cases, as far as they are about what this dialect has.

A case is left out by what it is about, never because it fails; `LEFT_OUT` says all of it, in words and as code. What
is left must pass or be listed in `differences.toml`, and what is listed must fail. Names that a case binds become
fields of `event.data`, and `dyn(x)`, which only switches CEL's checker off, becomes `(x)`.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from surestep_dsl.datatypes import Scalar, ScalarKind
from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr import (
    EventScope,
    ExprError,
    Problem,
    Scope,
    Use,
    Value,
    check_expression,
    compile_expression,
    evaluate,
    parse_expression,
)
from surestep_dsl.expr.instants import duration_from_text, moment_from_text
from surestep_dsl.expr.syntax import Loop, Name, Node, children
from surestep_dsl.expr.values import Int, kind_of

DIFFERENCES = tomllib.loads((Path(__file__).parent / "differences.toml").read_text())
QUOTED = re.compile(r'"""(?s:\\.|[^\\])*?"""|\'\'\'(?s:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


@dataclass(frozen=True)
class Case:
    """One case. `bare` is the text without comments, and with `""` for each text literal."""

    name: str
    text: str
    bare: str
    original: dict[str, Any]
    values: str
    """Everything besides the text, as JSON."""

    @property
    def section(self) -> str:
        return self.name.split("/")[0]


Rule: TypeAlias = Callable[[Case], bool]


def sections(*names: str) -> Rule:
    return lambda case: case.section in names


def text_has(pattern: str) -> Rule:
    found = re.compile(pattern)
    return lambda case: bool(found.search(case.bare))


def values_have(pattern: str) -> Rule:
    found = re.compile(pattern)
    return lambda case: bool(found.search(case.values))


# Each with the number of cases that it is the first to leave out.
LEFT_OUT: dict[str, tuple[int, tuple[Rule, ...]]] = {
    "extension libraries, apart from those functions of `strings` that the dialect has": (
        514,
        (
            sections("bindings_ext", "block_ext", "encoders_ext", "macros2", "math_ext", "optionals", "proto2_ext"),
            text_has(r"\b(charAt|format|lastIndexOf|quote|reverse)\("),
        ),
    ),
    "protobuf messages, enums and wrappers: events are JSON": (
        640,
        (
            sections("dynamic", "enums", "proto2", "proto3", "wrappers"),
            text_has(r"(?<!\bin)(?<=\w)\s*\{|\bgoogle\.protobuf\b"),
            values_have(r"type\.googleapis\.com/(?!google\.protobuf\.(Duration|Timestamp)\")"),
        ),
    ),
    "types that CEL's checker finds out: the dialect's types are those of the events' fields": (
        37,
        (sections("type_deductions"),),
    ),
    "unsigned numbers, which JSON does not have": (
        178,
        (text_has(r"\b(0x[0-9a-fA-F]+|[0-9]+)[uU]\b|\buint\b"), values_have("uint64Value")),
    ),
    "bytes, which are texts in JSON": (106, (text_has(r'\b[rR]?[bB][rR]?"|\bbytes\b'), values_have("bytesValue"))),
    "types as values": (25, (text_has(r"\btype\("), values_have("typeValue"))),
    "containers and dotted variables: there are two names, `event` and `async`": (
        8,
        (sections("namespace"), values_have(r'"bindings": \{"\w+\.')),
    ),
    "fields quoted with backticks, which the dialect writes as an index": (6, (text_has("`"),)),
    "booleans as keys of maps, which JSON does not have": (5, (text_has(r"[{,]\s*(true|false)\s*:"),)),
    "infinity and NaN, which JSON does not have: overflow and division by zero are errors": (
        8,
        (text_has(r"/\s*0\.0\b"), values_have(r'"(-?Infinity|NaN)"')),
    ),
}


def test_the_cases_of_the_dialect_pass(conformance_data: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    cases = list(read_cases(conformance_data, ()))
    reasons = Counter(reason_to_leave_out(case) for case in cases)
    failed = {case.name for case in cases if reason_to_leave_out(case) is None and not passes(case)}
    report = [
        f"{reasons[None] - len(failed)} of {reasons[None]} cases of CEL pass; {len(cases) - reasons[None]} are about"
    ]
    report += [f"  {reasons[reason]:4} {reason}" for reason in LEFT_OUT]
    with capsys.disabled():
        print("", *report, sep="\n")  # noqa: T201 - whoever runs the tests wants to see how much passes
    assert failed == set(DIFFERENCES["evaluation"])
    assert len(failed) * 100 <= reasons[None]
    assert [reasons[reason] for reason in LEFT_OUT] == [count for count, _ in LEFT_OUT.values()]


def test_the_checker_refuses_no_case_that_has_a_value(conformance_data: dict[str, Any]) -> None:
    """Apart from those that switch CEL's own checker off, with its setting or with `dyn()`."""
    scope = Scope(EventScope("a", Scalar(ScalarKind.JSON)))
    refused: set[str] = set()
    for case in read_cases(conformance_data, ()):
        checked = not case.original.get("disableCheck") and "dyn(" not in case.original["expr"]
        if checked and "evalError" not in case.original and reason_to_leave_out(case) is None:
            expression = parse_expression(case.text)
            assert not isinstance(expression, Problem)
            problems = check_expression(expression, [scope], Use.KEY)
            if any(found.severity is Severity.ERROR and found.code != "E303" for found in problems):
                refused.add(case.name)
    assert refused == set(DIFFERENCES["checker"])


def read_cases(suite: dict[str, Any], path: tuple[str, ...]) -> Iterator[Case]:
    for inner in suite.get("suites", []):
        yield from read_cases(inner, (*path, inner["name"]))
    for test in suite.get("tests", []):
        original = test["original"]
        text = re.sub(r"\bdyn\(", "(", original["expr"])
        bare = re.sub("//[^\n]*", "", QUOTED.sub('""', text))
        values = json.dumps({key: value for key, value in original.items() if key not in ("name", "expr")})
        bound = with_fields(text, set(original.get("bindings", {})))
        yield Case("/".join((*path, original["name"])), bound, bare, original, values)


def with_fields(text: str, bound: set[str]) -> str:
    """`text` with `event.data.x` for each free `x` that is bound."""
    expression = parse_expression(text)
    if isinstance(expression, Problem):
        return text
    for name in sorted(free_names(expression.root, frozenset()), key=lambda name: -name.start):
        if name.name in bound:
            text = f"{text[: name.start]}event.data.{text[name.start :]}"
    return text


def free_names(node: Node, hidden: frozenset[str]) -> Iterator[Name]:
    match node:
        case Name(name=name):
            if name not in hidden:
                yield node
        case Loop(over=over, variable=variable):
            yield from free_names(over, hidden)
            for inner in children(node)[1:]:
                yield from free_names(inner, hidden | {variable})
        case _:
            for inner in children(node):
                yield from free_names(inner, hidden)


def reason_to_leave_out(case: Case) -> str | None:
    return next((reason for reason, (_, rules) in LEFT_OUT.items() if any(rule(case) for rule in rules)), None)


def passes(case: Case) -> bool:
    expression = parse_expression(case.text)
    if isinstance(expression, Problem):
        return False
    data = {name: value_of(bound["value"]) for name, bound in case.original.get("bindings", {}).items()}
    event: dict[str, Any] = {"name": "a", "data": data, "id": "1", "ts": 0}
    value = evaluate(compile_expression(expression), event, now_ms=0)
    if "evalError" in case.original:
        return isinstance(value, ExprError)
    return same(value, value_of(case.original.get("value", {"boolValue": True})))


def value_of(proto: dict[str, Any]) -> Value:
    """A value as protobuf writes it in JSON."""
    ((kind, value),) = proto.items()
    match kind:
        case "int64Value":
            return Int(value)
        case "doubleValue":
            return float(value)
        case "listValue":
            return [value_of(item) for item in value.get("values", [])]  # type: ignore[misc]
        case "mapValue":
            entries = value.get("entries", [])
            return {value_of(entry["key"]): value_of(entry["value"]) for entry in entries}  # type: ignore[misc]
        case "objectValue":
            read = duration_from_text if value["@type"].endswith("Duration") else moment_from_text
            return read(value["value"])
        case _:
            assert kind in ("boolValue", "nullValue", "stringValue")
            return value  # type: ignore[no-any-return]


def same(one: object, other: object) -> bool:
    """Of the same type and value, all the way down: 1 is not 1.0 here."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    return kind_of(one) is kind_of(other) and one == other
