"""Declared steps: a class with one typed method for each, instead of the general step API.

An invoked function's types are imported for annotations only, and its declaration when the method is called, because
functions may invoke each other, and themselves.
"""

import keyword
from collections.abc import Iterator
from typing import Final

from surestep_codegen.plan.annotations import Annotator
from surestep_codegen.plan.function_names import function_names
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.model import AliasPlan, Declaration, StepMethodPlan, StepsPlan
from surestep_codegen.plan.options import spell_options
from surestep_codegen.plan.shapes import Shape, shape_of_type
from surestep_codegen.plan.system_classes import SYSTEM_CLASSES, SYSTEM_MODULE
from surestep_codegen.python import Reference, Scope
from surestep_dsl.datatypes import ObjectOf
from surestep_dsl.duration import format_duration
from surestep_dsl.flow import Lookback
from surestep_dsl.model import (
    FunctionDef,
    InvokeStep,
    RunStep,
    SendStep,
    SleepStep,
    SleepUntilStep,
    StepDef,
    WaitStep,
)
from surestep_dsl.names import class_name

__all__ = ["plan_steps", "references_of_steps", "shape_of_steps", "step_method_name"]

_DECLARED: Final = "surestep.authoring.declared"
_OWN_METHODS: Final = frozenset({"gather", "race"})
_SPEC: Final = "_P"


def step_method_name(step_id: str) -> str:
    """`get-user` is `get_user`; Python's keywords, `gather` and `race` get a trailing `_`."""
    name = step_id.replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) or name in _OWN_METHODS else name


def shape_of_steps(index: Index, function: FunctionDef) -> Shape:
    """Classes that the results of steps need, and the names of the methods."""
    shape = Shape(attributes=frozenset(step_method_name(step.id) for step in function.steps or ()))
    for step in function.steps or ():
        if isinstance(step, RunStep):
            shape |= Shape(frozenset({_result_name(function, step)}))
            if step.returns is not None:
                shape |= shape_of_type(index, step.returns, _result_object(function, step))
    return shape


def references_of_steps(index: Index, function: FunctionDef) -> Iterator[Reference]:
    """What the methods mention of the generated package."""
    for step in function.steps or ():
        match step:
            case WaitStep(event=event) if event in index.project.events:
                yield index.event(event)
            case SendStep(events=events):
                yield from map(index.event, events)
            case InvokeStep(function=callee):
                yield from _callee(index, callee)
            case _:
                pass


def plan_steps(index: Index, function: FunctionDef, scope: Scope) -> tuple[list[Declaration], StepsPlan]:
    """The types of results, and the class."""
    planner = _StepsPlanner(index, function, scope)
    methods = tuple(planner.method(step) for step in function.steps or ())
    runs = any(isinstance(step, RunStep) and not step.repeats for step in function.steps or ())
    type_imports = scope.type_imports()
    plan = StepsPlan(
        function_names(function.id).step,
        scope.library(_DECLARED, "DeclaredSteps"),
        scope.library("typing", "ParamSpec") if runs else None,
        scope.library("typing", "TYPE_CHECKING") if type_imports else None,
        type_imports,
        methods,
    )
    return planner.declarations, plan


def _result_name(function: FunctionDef, step: RunStep) -> str:
    return f"{class_name(function.id)}{class_name(step.id)}Result"


def _result_object(function: FunctionDef, step: RunStep) -> str:
    """The class of an object without a name in the result, as for the result of a function."""
    name = _result_name(function, step)
    return name if isinstance(step.returns, ObjectOf) else f"{name}Item"


def _callee(index: Index, function_id: str) -> tuple[Reference, Reference]:
    """Input and result of a function."""
    module, names = index.function_module(function_id), function_names(function_id)
    return Reference(module, names.input, "_"), Reference(module, names.result, "_")


class _StepsPlanner:
    def __init__(self, index: Index, function: FunctionDef, scope: Scope) -> None:
        self.index, self.function, self.scope = index, function, scope
        self.declarations: list[Declaration] = []

    def method(self, step: StepDef) -> StepMethodPlan:
        """The method of one step."""
        match step:
            case RunStep():
                return self._run(step)
            case SleepStep(duration_ms=duration_ms):
                call = f"_sleep({step.id!r}, {format_duration(duration_ms)!r}"
                return self._plan(step, "", "None", call)
            case SleepUntilStep():
                instant = f"instant: {self.scope.library('datetime', 'datetime')}, /"
                return self._plan(step, instant, "None", f"_sleep_until({step.id!r}, instant")
            case WaitStep():
                return self._wait(step)
            case InvokeStep():
                return self._invoke(step)
            case SendStep(events=events):
                union = " | ".join(self.scope.reference(self.index.event(name)) for name in events)
                several = f"{self.scope.library('collections.abc', 'Sequence')}[{union}]"
                ids = self.scope.library(_DECLARED, "EventIds")
                return self._plan(step, f"events: {union} | {several}, /", ids, f"_send_event({step.id!r}, events")

    def _plan(
        self, step: StepDef, parameters: str, returns: str, call: str, callee: tuple[str, str] | None = None
    ) -> StepMethodPlan:
        """A method that makes a step at once; `call` lacks its closing bracket."""
        key = f"*, key: {self.scope.library(_DECLARED, 'Key')}" if step.repeats else ""
        given = ", ".join(("", *filter(None, (parameters, key))))
        closed = f"{call}, key=key)" if step.repeats else f"{call})"
        pending = f"{self.scope.library('surestep.core.pending', 'Pending')}[{returns}]"
        annotation = repr(pending) if callee else pending
        return StepMethodPlan(step_method_name(step.id), given, annotation, step.description, closed, callee)

    def _run(self, step: RunStep) -> StepMethodPlan:
        result = self._declare_result(step)
        options = {
            "retries": None if step.retries is None else repr(step.retries),
            "timeout": None if step.timeout_ms is None else repr(format_duration(step.timeout_ms)),
            "backoff": None if step.backoff is None else spell_options(step.backoff, self.scope),
            "key": "key" if step.repeats else None,
        }
        given = "".join(f", {name}={value}" for name, value in options.items() if value is not None)
        call = f"_run({step.id!r}, {result}{given})"
        name = step_method_name(step.id)
        if step.repeats:
            parameters = f", *, key: {self.scope.library(_DECLARED, 'Key')}"
            returns = f"{self.scope.library(_DECLARED, 'DeclaredRun')}[{result}]"
            return StepMethodPlan(name, parameters, returns, step.description, call)
        body = f"body: {self.scope.library(_DECLARED, 'Body')}[{_SPEC}, {result}], /"
        parameters = f", {body}, *args: {_SPEC}.args, **kwargs: {_SPEC}.kwargs"
        returns = f"{self.scope.library('surestep.core.pending', 'Pending')}[{result}]"
        return StepMethodPlan(name, parameters, returns, step.description, f"{call}(body, *args, **kwargs)")

    def _declare_result(self, step: RunStep) -> str:
        name, text = _result_name(self.function, step), "None"
        if step.returns is not None:
            annotator = Annotator(self.index, self.scope)
            text = annotator.annotation(step.returns, _result_object(self.function, step)).spell(self.scope)
            self.declarations += annotator.classes
        if not isinstance(step.returns, ObjectOf):
            marker = self.scope.library("typing", "TypeAlias")
            self.declarations.append(AliasPlan(name, marker, text, is_circular=False, description=""))
        return name

    def _wait(self, step: WaitStep) -> StepMethodPlan:
        system = SYSTEM_CLASSES.get(step.event)
        event = (
            self.scope.reference(self.index.event(step.event))
            if system is None
            else self.scope.library(SYSTEM_MODULE, system)
        )
        options = {
            "timeout": format_duration(step.timeout_ms),
            "match": step.match,
            "if_": step.condition,
            "lookback": None if step.lookback is Lookback.NONE else str(step.lookback),
        }
        given = ", ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
        return self._plan(step, "", f"{event} | None", f"_wait_for_event({step.id!r}, {event}, {given}")

    def _invoke(self, step: InvokeStep) -> StepMethodPlan:
        data, result = map(self.scope.type_reference, _callee(self.index, step.function))
        module, names = self.index.function_module(step.function), function_names(step.function)
        call = f"_invoke({step.id!r}, callee, data, timeout={format_duration(step.timeout_ms)!r}"
        return self._plan(step, f"data: {data!r}, /", result, call, (module, names.instance))
