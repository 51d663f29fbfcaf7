"""What a rule of the lint is: one file in `rules`, with its page and its examples."""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from surestep_codegen.lint.code import StepCode
from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.uses import place_of

__all__ = ["Find", "Rule", "fault"]

Find: TypeAlias = Callable[[StepCode], Iterator[Fault]]


class Rule(NamedTuple):
    """A fault that the text of one function shows; its title and severity are kept by `determinism_codes`.

    Attributes:
        code: stable across releases.
        kind: a word for it.
        find: gives the faults; its docstring is the manual's page.
        valid: handlers without it, as text.
        invalid: handlers with it.
    """

    code: str
    kind: str
    find: Find
    valid: tuple[str, ...]
    invalid: tuple[str, ...]


def fault(code: str, kind: str, node: ast.expr | ast.stmt, message: str, hint: str) -> Fault:
    """A fault at a node."""
    return Fault(code, kind, message, hint, place_of(node))
