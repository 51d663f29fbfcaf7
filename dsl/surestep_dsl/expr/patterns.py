"""Regular expressions whose matching takes time linear in the text, by the Rust `regex` crate inside pydantic.

The same syntax and the same engine as `pattern:` of a type: search semantics, no look-around, no back references.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from surestep_dsl.expr.pattern_costs import estimate_compiling_us
from surestep_dsl.expr.values import EvaluationError
from surestep_dsl.limits import MAX_PATTERN_CHARACTERS, MAX_PATTERNS_COMPILING_US

__all__ = ["limited_patterns", "searcher"]


@contextmanager
def limited_patterns() -> Iterator[None]:
    """Inside, patterns are refused once all together would take too long to compile."""
    token = _BUDGET.set(_Budget(MAX_PATTERNS_COMPILING_US))
    try:
        yield
    finally:
        _BUDGET.reset(token)


def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether `pattern` is found anywhere in a text.

    Raises:
        EvaluationError: the pattern does not compile or is too long, or there are too many to compile.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise EvaluationError(f"a regular expression has at most {MAX_PATTERN_CHARACTERS:,} characters")
    budget = _BUDGET.get()
    if budget is not None and not budget.allows(pattern):
        raise EvaluationError("the regular expressions of this project take too long to compile")
    return _compile(pattern)


@lru_cache(maxsize=512)
def _compile(pattern: str) -> Callable[[str], bool]:
    from pydantic_core import SchemaError, SchemaValidator, core_schema  # noqa: PLC0415 -- few specs have patterns

    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, strict=True)).isinstance_python
    except (SchemaError, UnicodeEncodeError) as error:
        reason = str(error).rpartition("error: ")[2].strip() or "not a valid pattern"
        raise EvaluationError(f"the regular expression does not compile: {reason}") from None


@dataclass(slots=True)
class _Budget:
    left_us: float
    judged: dict[str, bool] = field(default_factory=dict)

    def allows(self, pattern: str) -> bool:
        """Whether a pattern may be compiled; the same answer each time, also where it is compiled already."""
        if pattern not in self.judged:
            self.left_us -= estimate_compiling_us(pattern)
            self.judged[pattern] = self.left_us >= 0
        return self.judged[pattern]


_BUDGET: Final[ContextVar[_Budget | None]] = ContextVar("patterns", default=None)
