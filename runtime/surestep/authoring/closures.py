"""Refuses bodies that change variables of their handler: on a replay the body does not run, and the change is missing.

A look at the body's instructions, once per code object. It sees assignments, and what changes a captured list, dict or
set at once; anything roundabout is left to the lint. Variables from outside the handler may be changed.
"""

import dis
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Final

from surestep.core.silencers import silenced_codes
from surestep.errors import NonDeterminismError

__all__ = ["find_closure_change"]

_CODE: Final = "D114"
_COLLECTIONS: Final = (list, dict, set, bytearray, deque)
_CHANGES_OF: Final = frozenset(
    {
        *("append", "appendleft", "extend", "insert", "pop", "popleft", "remove", "reverse", "sort", "clear"),
        *("add", "discard", "popitem", "setdefault", "update"),
    }
)


@dataclass(frozen=True, slots=True)
class _Change:
    """One place.

    Attributes:
        assigns: the variable itself changes, not what it holds.
    """

    name: str
    line: int
    assigns: bool


_known: Final[dict[int, tuple[CodeType, tuple[_Change, ...]]]] = {}
"""By the id of the code, which is kept."""


def find_closure_change(step_id: str, body: FunctionType, caller: CodeType) -> NonDeterminismError | None:
    """What is wrong with a body that has free variables.

    Args:
        step_id: of the step that is to run it.
        body: a function with a closure.
        caller: the code that makes the step; only its own variables count.
    """
    code = body.__code__
    known = _known.get(id(code))
    if known is None:
        known = _known[id(code)] = code, tuple(_find_changes(code, frozenset(code.co_freevars)))
    for change in known[1]:
        if change.name in caller.co_cellvars and (change.assigns or _holds_collection(body, change.name)):
            return None if _is_silenced(body) else _refusal(step_id, change, code)
    return None


def _find_changes(code: CodeType, names: frozenset[str]) -> Iterator[_Change]:
    line, before, last = code.co_firstlineno, "", ""
    for instruction in dis.get_instructions(code):
        line = (instruction.positions.lineno if instruction.positions else None) or line
        operation, argument = instruction.opname, str(instruction.argval)
        if operation in {"STORE_DEREF", "DELETE_DEREF"} and argument in names:
            yield _Change(argument, line, assigns=True)
        elif operation in {"LOAD_METHOD", "LOAD_ATTR"} and last in names and argument in _CHANGES_OF:
            yield _Change(last, line, assigns=False)
        elif operation in {"STORE_SUBSCR", "DELETE_SUBSCR"} and before in names:
            yield _Change(before, line, assigns=False)
        before, last = last, argument if operation == "LOAD_DEREF" else ""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _find_changes(constant, names & frozenset(constant.co_freevars))


def _holds_collection(body: FunctionType, name: str) -> bool:
    cell = (body.__closure__ or ())[body.__code__.co_freevars.index(name)]
    try:
        return type(cell.cell_contents) in _COLLECTIONS
    except ValueError:  # not assigned yet
        return False


def _is_silenced(body: FunctionType) -> bool:
    code = body.__code__
    lines = {line for *_, line in code.co_lines() if line is not None}
    found = (silenced_codes(code.co_filename, line, body.__globals__) for line in range(min(lines), max(lines) + 1))
    return any(_CODE in codes for codes in found)


def _refusal(step_id: str, change: _Change, code: CodeType) -> NonDeterminismError:
    return NonDeterminismError(
        f"{_CODE} the body of step {step_id!r} changes {change.name} of its handler (closure-mutation) "
        f"at {code.co_filename}:{change.line} in {code.co_qualname}\n"
        "  on a replay the body does not run, so the change is missing; return the value, assign the step's result\n"
        f"  or, if that cannot matter, write `# surestep: ignore[{_CODE}] reason` on that line"
    )
