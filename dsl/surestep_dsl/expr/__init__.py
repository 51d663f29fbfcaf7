"""The expression language: CEL as the reference speaks it, checked against the events' own types.

Parse once (`parse_expression`), check where the spec is loaded (`check_expression`), compile once where it runs
(`compile_expression`), evaluate often. `match:` paths have the same three steps.
"""

from surestep_dsl.expr.check import check_expression, expression_type
from surestep_dsl.expr.evaluate import (
    Program,
    compile_expression,
    evaluate,
    evaluate_condition,
    evaluate_key,
    evaluate_priority,
)
from surestep_dsl.expr.functions import FUNCTIONS
from surestep_dsl.expr.match_path import MatchPath, check_match, match_value_at, parse_match
from surestep_dsl.expr.parser import parse_expression
from surestep_dsl.expr.problems import PROBLEM_CODES, Problem
from surestep_dsl.expr.scope import EventScope, Scope, Use
from surestep_dsl.expr.syntax import Expression
from surestep_dsl.expr.values import EventValue, ExprError, Value

__all__ = [
    "FUNCTIONS",
    "PROBLEM_CODES",
    "EventScope",
    "EventValue",
    "ExprError",
    "Expression",
    "MatchPath",
    "Problem",
    "Program",
    "Scope",
    "Use",
    "Value",
    "check_expression",
    "check_match",
    "compile_expression",
    "evaluate",
    "evaluate_condition",
    "evaluate_key",
    "evaluate_priority",
    "expression_type",
    "match_value_at",
    "parse_expression",
    "parse_match",
]
