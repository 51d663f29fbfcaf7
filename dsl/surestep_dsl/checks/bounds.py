"""Constraints that no value can satisfy, and patterns that do not compile."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.constraints import find_contradiction
from surestep_dsl.datatypes import NO_CONSTRAINTS, ListOf, MapOf, Scalar
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.expr.patterns import searcher
from surestep_dsl.expr.values import EvaluationError

__all__ = ["CHECK"]


def find_impossible_constraints(view: View) -> Iterator[Diagnostic]:
    r"""Some value must satisfy all constraints of a type, those of its alias included.

    `min: 10, max: 5` refuses everything, and so does `min: 0.2, max: 0.8` of an integer. A pattern is a regular
    expression whose matching takes linear time: no look-around, no back-references. It is searched in the text; write
    `^...$` to match all of it. A Unicode class repeated often takes long to compile (`[A-Za-z0-9_]{50}` does not, where
    `\w{50}` does): a project with very many of those is refused.
    """
    for path, data_type in view.types:
        if not isinstance(data_type, Scalar | ListOf | MapOf) or data_type.constraints == NO_CONSTRAINTS:
            continue
        kind = data_type.kind if isinstance(data_type, Scalar) else None
        if problem := find_contradiction(kind, data_type.constraints):
            yield view.find("T104", problem, path)
        if data_type.constraints.pattern is not None and (*path, "pattern") in view.places:
            try:
                searcher(data_type.constraints.pattern)
            except EvaluationError as error:
                yield view.find("T110", str(error), (*path, "pattern"), _hint(str(error)), value=True)


def _hint(problem: str) -> str | None:
    if "not supported" in problem:
        return "look-around and back-references are not possible in linear time"
    return "write [A-Za-z0-9_] for \\w, and [0-9] for \\d" if "too long to compile" in problem else None


CHECK: Final = Check(
    codes=("T104", "T110"),
    find=find_impossible_constraints,
    valid=(
        "types: {A: {type: integer, min: 1, max: 1}}",
        "types: {A: {type: datetime, min: 2024-01-01T00:00:00Z, max: 2024-01-01T01:00:00+01:00}}",
        "types: {A: {type: integer, exclusive_min: 0, exclusive_max: 2}}",
        'types: {A: {type: string, pattern: "^[a-z]+$"}}',
        "types: {Cents: {type: integer, min: 0}, Price: {type: Cents, max: 100}}",
    ),
    invalid=(
        ("types: {A: {type: integer, min: 10, max: 5}}", "T104"),
        ("types: {A: {type: integer, min: 0.2, max: 0.8}}", "T104"),
        ("types: {A: {type: integer, exclusive_min: 1, exclusive_max: 2}}", "T104"),
        ("types: {A: {type: number, min: 1, exclusive_max: 1}}", "T104"),
        ("types: {A: {type: integer, min: 1, max: 9, multiple_of: 10}}", "T104"),
        ("types: {A: {type: number, multiple_of: 0}}", "T104"),
        ("types: {A: {type: duration, min: 2h, max: 90m}}", "T104"),
        ("types: {A: {type: string, min_length: 3, max_length: 2}}", "T104"),
        ('types: {A: {type: "list[string]", min_items: 3, max_items: 2}}', "T104"),
        ("types: {Cents: {type: integer, min: 10}, Price: {type: Cents, max: 5}}", "T104"),
        ('types: {A: {type: string, pattern: "(?=a)"}}', "T110"),
        ('types: {A: {type: string, pattern: "(a"}}', "T110"),
    ),
)
