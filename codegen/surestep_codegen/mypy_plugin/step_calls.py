"""What steps are given where they are made: durations, conditions of waits, and bodies whose results can be stored."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from mypy.checker import TypeChecker
from mypy.messages import format_type
from mypy.nodes import Expression
from mypy.plugin import MethodContext, MethodSigContext
from mypy.types import FunctionLike, Type

from surestep_codegen.lint.facts import Fault
from surestep_codegen.lint.findings import finding_of_module
from surestep_codegen.mypy_plugin.errors import report_error, report_findings
from surestep_codegen.mypy_plugin.events import Events, awaited_names, trigger_names
from surestep_codegen.mypy_plugin.literals import Mistake, find_duration_mistake, literal_text
from surestep_codegen.mypy_plugin.nodes import place_of
from surestep_codegen.mypy_plugin.program import HandlerProgram
from surestep_codegen.mypy_plugin.results import find_unstorable
from surestep_codegen.mypy_plugin.run_calls import Trials, plan_invoke_signature

__all__ = ["StepCalls"]

_Hook: TypeAlias = Callable[[MethodContext], Type]
_SignatureHook: TypeAlias = Callable[[MethodSigContext], FunctionLike]
_STEP: Final = "surestep.authoring.step.Step"


class StepCalls:
    """The hooks of the methods of `step`.

    Args:
        project: None where there is none; then only what a text alone tells is judged.

    Attributes:
        hooks: by full name of a method, for what its arguments are.
        signature_hooks: the same for how mypy is to check them. `run` is judged here: an error while mypy tries an
            overload would mean to mypy that it does not match.
    """

    def __init__(self, project: HandlerProgram | None) -> None:
        self._project = project
        self._trials = Trials()
        self._events = None if project is None else Events(project.settings)
        self.hooks: Mapping[str, _Hook] = {
            f"{_STEP}.sleep": lambda ctx: self._check_durations(ctx, "duration"),
            f"{_STEP}.options": lambda ctx: self._check_durations(ctx, "timeout"),
            f"{_STEP}.invoke": lambda ctx: self._check_durations(ctx, "timeout"),
            f"{_STEP}.wait_for_event": self._check_wait,
        }
        self.signature_hooks: Mapping[str, _SignatureHook] = {
            f"{_STEP}.run": self._check_run,
            f"{_STEP}Runner.run": self._check_run,
            f"{_STEP}.invoke": plan_invoke_signature,
        }

    def _check_durations(self, ctx: MethodContext, name: str) -> Type:
        for node, text in _texts(ctx, name):
            _report(ctx, node, "duration", find_duration_mistake(text))
        return ctx.default_return_type

    def _check_wait(self, ctx: MethodContext) -> Type:
        self._check_durations(ctx, "timeout")
        checker, matches, conditions = ctx.api, list(_texts(ctx, "match")), list(_texts(ctx, "if_"))
        if self._events is not None and isinstance(checker, TypeChecker) and (matches or conditions):
            from surestep_codegen.mypy_plugin.conditions import (  # noqa: PLC0415 -- few modules have such waits
                find_if_mistake,
                find_match_mistake,
            )

            triggers = trigger_names(checker.scope.top_level_function())
            awaited = tuple(name for _, found in _arguments(ctx, "event") for name in awaited_names(found))
            for node, text in matches:
                _report(ctx, node, "expression", find_match_mistake(text, triggers, awaited, self._events))
            for node, text in conditions:
                _report(ctx, node, "expression", find_if_mistake(text, triggers, awaited, self._events))
        return ctx.default_return_type

    def _check_run(self, ctx: MethodSigContext) -> FunctionLike:
        """Of the two overloads, for each of which mypy asks, only the first tells what there is to tell."""
        trial = self._trials.try_body(ctx)
        unstorable = None if trial.result is None else find_unstorable(trial.result)
        if unstorable is not None and trial.is_first and isinstance(ctx.api, TypeChecker):
            what = format_type(unstorable, ctx.api.options)
            message = f"the step's result is or holds {what}, which cannot be stored"
            hint = "return plain data, such as a list or a model"
            self._report_fault(ctx.api, Fault("D124", "not-serialisable", message, hint, place_of(ctx.args[1][0])))
        return trial.signature

    def _report_fault(self, checker: TypeChecker, fault: Fault) -> None:
        project = self._project
        module = None if project is None else project.judge.program.module(checker.tree.fullname)
        if project is None or module is None:
            report_error(checker, fault.place, fault.kind, f"{fault.code} {fault.message}; {fault.hint}")
        elif (fault.code, fault.place.line) not in project.said_by_lint(module.name):
            report_findings(project, checker, [finding_of_module(module, fault)])


def _texts(ctx: MethodContext, name: str) -> Iterator[tuple[Expression, str]]:
    """The texts that an argument is, as far as mypy knows them."""
    for node, found in _arguments(ctx, name):
        text = literal_text(found)
        if text is not None:
            yield node, text


def _arguments(ctx: MethodContext, name: str) -> Iterator[tuple[Expression, Type]]:
    """What is given for a parameter."""
    at = ctx.callee_arg_names.index(name)
    yield from zip(ctx.args[at], ctx.arg_types[at], strict=True)


def _report(ctx: MethodContext, node: Expression, kind: str, mistake: Mistake | None) -> None:
    if mistake is not None and isinstance(ctx.api, TypeChecker):
        report_error(ctx.api, place_of(node), kind, mistake.message, mistake.severity)
