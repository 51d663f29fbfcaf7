"""What steps are given where they are made: durations, conditions of waits, and bodies whose results can be stored."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from mypy.checker import TypeChecker
from mypy.messages import format_type
from mypy.nodes import Expression
from mypy.plugin import MethodContext
from mypy.types import Instance, Type, get_proper_type

from surestep_codegen.lint.facts import Fault, ModuleFacts
from surestep_codegen.lint.findings import finding_of_module
from surestep_codegen.lint.links import find_linked_faults
from surestep_codegen.mypy_plugin.errors import report_error, report_findings
from surestep_codegen.mypy_plugin.events import Events, awaited_names, trigger_names
from surestep_codegen.mypy_plugin.literals import (
    find_duration_problem,
    find_if_problem,
    find_match_problem,
    literal_text,
)
from surestep_codegen.mypy_plugin.nodes import place_of
from surestep_codegen.mypy_plugin.program import HandlerProgram
from surestep_codegen.mypy_plugin.results import find_unstorable

__all__ = ["StepCalls"]

_Hook: TypeAlias = Callable[[MethodContext], Type]
_STEP: Final = "surestep.authoring.step.Step"
_RUNNER: Final = "surestep.authoring.step.StepRunner"


class StepCalls:
    """The hooks of the methods of `step`; all leave the result as it is.

    Args:
        project: None where there is none; then only what a text alone tells is judged.

    Attributes:
        hooks: by full name of a method.
    """

    def __init__(self, project: HandlerProgram | None) -> None:
        self._project = project
        self._events = None if project is None else Events(project.settings)
        self.hooks: Mapping[str, _Hook] = {
            f"{_STEP}.sleep": lambda ctx: self._check_durations(ctx, "duration"),
            f"{_STEP}.options": lambda ctx: self._check_durations(ctx, "timeout"),
            f"{_STEP}.invoke": lambda ctx: self._check_durations(ctx, "timeout"),
            f"{_STEP}.wait_for_event": self._check_wait,
            f"{_STEP}.run": self._check_result,
            f"{_RUNNER}.run": self._check_result,
        }

    def _check_durations(self, ctx: MethodContext, name: str) -> Type:
        for node, text in _texts(ctx, name):
            _report(ctx, node, "duration", find_duration_problem(text))
        return ctx.default_return_type

    def _check_wait(self, ctx: MethodContext) -> Type:
        self._check_durations(ctx, "timeout")
        checker = ctx.api
        if self._events is not None and isinstance(checker, TypeChecker):
            triggers = trigger_names(checker.scope.top_level_function())
            awaited = tuple(name for _, found in _arguments(ctx, "event") for name in awaited_names(found))
            for node, text in _texts(ctx, "match"):
                _report(ctx, node, "expression", find_match_problem(text, triggers, awaited, self._events))
            for node, text in _texts(ctx, "if_"):
                _report(ctx, node, "expression", find_if_problem(text, triggers, awaited, self._events))
        return ctx.default_return_type

    def _check_result(self, ctx: MethodContext) -> Type:
        pending = get_proper_type(ctx.default_return_type)
        unstorable = find_unstorable(pending.args[0]) if isinstance(pending, Instance) and pending.args else None
        if unstorable is not None and isinstance(ctx.api, TypeChecker):
            body = next((node for node, _ in _arguments(ctx, 1)), ctx.context)
            what = format_type(unstorable, ctx.api.options)
            message = f"the step's result is or holds {what}, which cannot be stored"
            hint = "return plain data, such as a list or a model"
            self._report_fault(ctx.api, Fault("D124", "not-serialisable", message, hint, place_of(body)))
        return ctx.default_return_type

    def _report_fault(self, checker: TypeChecker, fault: Fault) -> None:
        project = self._project
        module = None if project is None else project.judge.program.module(checker.tree.fullname)
        if project is None or module is None:
            report_error(checker, fault.place, fault.kind, f"{fault.code} {fault.message}; {fault.hint}")
        elif fault.place.line not in _said_by_lint(project, module, fault.code):
            report_findings(project, checker, [finding_of_module(module, fault)])


def _said_by_lint(project: HandlerProgram, module: ModuleFacts, code: str) -> Iterator[int]:
    """The lines of a module at which the lint reports a code that shows in functions seen together."""
    program = project.judge.program
    for name in module.functions:
        faults = find_linked_faults(program, program.function(module, name))
        yield from (fault.place.line for fault in faults if fault.code == code)


def _texts(ctx: MethodContext, name: str) -> Iterator[tuple[Expression, str]]:
    """The texts that an argument is, as far as mypy knows them."""
    for node, found in _arguments(ctx, name):
        text = literal_text(found)
        if text is not None:
            yield node, text


def _arguments(ctx: MethodContext, name: str | int) -> Iterator[tuple[Expression, Type]]:
    """What is given for a parameter."""
    at = name if isinstance(name, int) else ctx.callee_arg_names.index(name)
    yield from zip(ctx.args[at], ctx.arg_types[at], strict=True)


def _report(ctx: MethodContext, node: Expression, kind: str, message: str | None) -> None:
    if message is not None and isinstance(ctx.api, TypeChecker):
        report_error(ctx.api, place_of(node), kind, message)
