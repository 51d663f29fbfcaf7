"""Regular expressions whose matching takes time linear in the text, by the Rust `regex` crate inside pydantic.

The same syntax and the same engine as `pattern:` of a type: search semantics, no look-around, no back references.
"""

from collections.abc import Callable
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.limits import MAX_PATTERN_CHARACTERS

__all__ = ["searcher"]


@lru_cache(maxsize=512)
def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether `pattern` is found anywhere in a text.

    Raises:
        EvaluationError: the pattern does not compile or is too long.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise EvaluationError(f"a regular expression has at most {MAX_PATTERN_CHARACTERS:,} characters")
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, strict=True)).isinstance_python
    except (SchemaError, UnicodeEncodeError) as error:
        reason = str(error).rpartition("error: ")[2].strip() or "not a valid pattern"
        raise EvaluationError(f"the regular expression does not compile: {reason}") from None
