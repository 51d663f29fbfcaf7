"""Whether the `match` of a handler's own wait can match: its path must be one of the awaited event.

The other side, the trigger, is not known where a step is made; a declared step has both sides checked with the specs.
"""

import functools

from surestep.authoring.events import Event
from surestep.authoring.samples_types import ReadTypes
from surestep_dsl.datatypes import ObjectDef
from surestep_dsl.diagnostics import Severity
from surestep_dsl.expr.match_path import check_match, parse_match
from surestep_dsl.expr.problems import Problem
from surestep_dsl.expr.scope import EventScope, Scope

__all__ = ["find_match_problem"]


@functools.lru_cache(maxsize=1024)
def find_match_problem(event_class: type[Event], match: str) -> str | None:
    """Why events of a class never match, with the nearest name that would do, or None."""
    path = parse_match(match)
    if isinstance(path, Problem):
        return _say(path)
    known = ReadTypes()
    try:
        definition = known.types[known.read_class(event_class).name]
    except TypeError:  # a class written by hand, with a type that no spec has
        return None
    fields = definition.fields if isinstance(definition, ObjectDef) else ()
    scope = EventScope(
        str(event_class.model_fields["name"].default), next(field.type for field in fields if field.name == "data")
    )
    problems = check_match(path, [Scope(scope, scope, known.types)])
    return next((_say(problem) for problem in problems if problem.severity is Severity.ERROR), None)


def _say(problem: Problem) -> str:
    return f"{problem.message}; {problem.hint}" if problem.hint else problem.message
