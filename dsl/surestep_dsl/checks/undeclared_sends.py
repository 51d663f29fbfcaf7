"""Declared steps that send what their function does not emit."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.checks.view import Check, View
from surestep_dsl.diagnostics import Diagnostic, Related
from surestep_dsl.model import FunctionDef, Path, SendStep

__all__ = ["CHECK"]


def find_undeclared_sends(view: View) -> Iterator[Diagnostic]:
    """Where a function states `emits`, the events of its `send` steps must be among them.

    Without `emits` the steps say it all.
    """
    for function in view.project.functions.values():
        emits = function.options.emits
        if emits is None:
            continue
        stated = Related(view.places.nearest(("functions", function.id, "emits")), "what it may send is stated here")
        for path, name in _sends(function):
            if name not in emits and name in view.project.events:
                message = f"`{function.id}` sends `{name}`, which its `emits` does not list"
                yield view.find("F111", message, path, "add it to `emits`, or remove `emits`", stated)


def _sends(function: FunctionDef) -> Iterator[tuple[Path, str]]:
    for step in function.steps or ():
        if isinstance(step, SendStep):
            for at, name in enumerate(step.events):
                yield ("functions", function.id, "steps", step.id, "send", at), name


_SEND: Final = "events: {shop/a: {}, shop/b: {}}\nfunctions:\n  f:\n    steps: {tell: {send: [shop/a, shop/b]}}\n"

CHECK: Final = Check(
    codes=("F111",),
    find=find_undeclared_sends,
    valid=(_SEND, f"{_SEND}    emits: [shop/b, shop/a]"),
    invalid=((f"{_SEND}    emits: [shop/a]", "F111"), (f"{_SEND}    emits: []", "F111")),
)
