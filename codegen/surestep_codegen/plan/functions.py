"""One module per function: what its handlers get and give, the Protocols they must fit, its declaration."""

from collections.abc import Iterable
from dataclasses import replace

from surestep_codegen.plan.annotations import Annotator
from surestep_codegen.plan.function_names import FunctionNames, function_names
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.model import (
    AliasPlan,
    ClassPlan,
    Declaration,
    FieldPlan,
    FunctionModule,
    ProtocolPlan,
    StepsPlan,
)
from surestep_codegen.plan.options import spell_options
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.shapes import Shape, shape_of_fields, shape_of_type
from surestep_codegen.plan.steps import plan_steps, references_of_steps, shape_of_steps
from surestep_codegen.plan.system_classes import SYSTEM_CLASSES, SYSTEM_MODULE
from surestep_codegen.python import Scope
from surestep_dsl.datatypes import Named, ObjectOf
from surestep_dsl.flow import CronTrigger, EventTrigger
from surestep_dsl.model import FunctionDef

__all__ = ["plan_function"]

_TIMER = "ScheduledTimer"
_INVOKED = "inngest/function.invoked"


def plan_function(index: Index, function: FunctionDef) -> FunctionModule:
    """The module of a function."""
    return _FunctionPlanner(index, function).plan()


class _FunctionPlanner:
    def __init__(self, index: Index, function: FunctionDef) -> None:
        self.index, self.function = index, function
        self.job = index.jobs.get(function.id)
        self.options = replace(function.options, job=self.job.id) if self.job else function.options
        self.names = function_names(function.id)
        self.module = index.function_module(function.id)
        self.scope = self._scope()
        self.is_invoked = function.has_input or not self.options.triggers
        self.declarations: list[Declaration] = []

    def _scope(self) -> Scope:
        function, names, index = self.function, self.names, self.index
        own = frozenset(getattr(names, field) for field in FunctionNames.__slots__)
        shape = Shape(own, frozenset({"name", "data"})) | shape_of_fields(index, function.input or (), names.input)
        if function.input_type is not None:
            shape |= shape_of_type(index, Named(function.input_type), names.input)
        if function.returns is not None:
            shape |= shape_of_type(index, function.returns, self._result_object)
        shape |= shape_of_steps(index, function)
        users = set(shape.references) | set(references_of_steps(index, function))
        for name in (*function.trigger_events, *(self.options.emits or ())):
            if name in index.project.events:
                users |= {index.event(name), index.data(name)}
        return Scope(self.module, shape.classes, shape.attributes, users)

    def plan(self) -> FunctionModule:
        scope, names = self.scope, self.names
        self._declare_input()
        self._declare_result()
        events = self._events()
        context_events = " | ".join((*events, *((names.invoked,) if self.is_invoked else ())))
        self._alias(names.context, f"{scope.library('surestep', 'Context')}[{context_events}]")
        steps = self._steps()
        return FunctionModule(
            path=module_path(self.module),
            description=f"Function `{self.function.id}`.",
            protocols=tuple(self._protocols(context_events)),
            declarations=tuple(self.declarations),
            id=self.function.id,
            class_name=names.declaration,
            instance=names.instance,
            step=names.step,
            input=names.input,
            result=names.result,
            steps=steps,
            options=spell_options(self.options, scope),
            events=events,
            invoked=names.invoked if self.is_invoked else None,
            function_base=scope.library("surestep", "Function"),
            handler_class=scope.library("surestep", "Handler"),
            protocol_base=scope.library("typing", "Protocol"),
            coroutine=scope.library("collections.abc", "Coroutine"),
            any_type=scope.library("typing", "Any"),
            final=scope.library("typing", "final"),
            imports=scope.imports(),
        )

    def _alias(self, name: str, value: str) -> None:
        marker = self.scope.library("typing", "TypeAlias")
        self.declarations.append(AliasPlan(name, marker, value, is_circular=False, description=""))

    def _declare_input(self) -> None:
        names, scope = self.names, self.scope
        if not self.is_invoked:
            self._alias(names.input, self._trigger_data())
            return
        annotator = Annotator(self.index, scope)
        if self.function.input_type is None:
            annotator.declare(names.input, self.function.input or (), f"What `{self.function.id}` is invoked with.")
        else:
            self._alias(names.input, annotator.annotation(Named(self.function.input_type), names.input).spell(scope))
        literal = f"{scope.library('typing', 'Literal')}[{_INVOKED!r}]"
        fields = (FieldPlan("name", literal, repr(_INVOKED), ""), FieldPlan("data", names.input, None, ""))
        bases = f"{scope.library('surestep', 'Event')}, frozen=True"
        description = f"What the handler of `{self.function.id}` sees when it is invoked."
        self.declarations += [*annotator.classes, ClassPlan(names.invoked, bases, description, fields)]

    def _trigger_data(self) -> str:
        """The union of the triggers' payloads; a schedule has none."""
        declared = [self.scope.reference(self.index.data(name)) for name in self._declared_triggers()]
        system = [self.scope.library(SYSTEM_MODULE, f"{name}Data") for name in self._system_triggers()]
        return " | ".join((*declared, *system)) or "None"

    def _declared_triggers(self) -> Iterable[str]:
        return (name for name in self.function.trigger_events if name in self.index.project.events)

    def _system_triggers(self) -> list[str]:
        names = {trigger.event for trigger in self.options.triggers if isinstance(trigger, EventTrigger)}
        return [SYSTEM_CLASSES[name] for name in sorted(names & SYSTEM_CLASSES.keys())]

    def _events(self) -> tuple[str, ...]:
        """Local names of the event classes of all triggers; a job's schedule asks for a run by an event, too."""
        declared = (self.scope.reference(self.index.event(name)) for name in self._declared_triggers())
        system = self._system_triggers()
        if self.job is None and any(isinstance(trigger, CronTrigger) for trigger in self.options.triggers):
            system.append(_TIMER)
        return (*declared, *(self.scope.library(SYSTEM_MODULE, name) for name in system))

    @property
    def _result_object(self) -> str:
        """The class of an object without a name in the result: the result itself, or for instance a list's item."""
        is_object = isinstance(self.function.returns, ObjectOf)
        return self.names.result if is_object else f"{self.names.result}Item"

    def _declare_result(self) -> None:
        returns, names = self.function.returns, self.names
        if returns is None:
            self._alias(names.result, "None")
            return
        annotator = Annotator(self.index, self.scope)
        annotation = annotator.annotation(returns, self._result_object)
        self.declarations += annotator.classes
        if not isinstance(returns, ObjectOf):
            self._alias(names.result, annotation.spell(self.scope))

    def _steps(self) -> StepsPlan | None:
        """The class of declared steps, or another name of the general one."""
        if self.function.steps is None:
            self._alias(self.names.step, self._step())
            return None
        declarations, steps = plan_steps(self.index, self.function, self.scope)
        self.declarations += declarations
        return steps

    def _step(self) -> str:
        step = self.scope.library("surestep", "Step")
        match self.options.emits:
            case None:
                return step
            case ():
                return f"{step}[{self.scope.library('typing', 'Never')}]"
            case emits:
                sent = " | ".join(self.scope.reference(self.index.event(name)) for name in emits)
                return f"{step}[{sent}]"

    def _protocols(self, context_events: str) -> Iterable[ProtocolPlan]:
        names, options = self.names, self.options
        about = options.description or options.name or f"The handler of `{options.id}`."
        yield ProtocolPlan("__call__", names.handler, about, names.context, names.result, None)
        for is_declared, role, context, handler, event in (
            (options.on_failure, "on_failure", names.failure_context, names.failure_handler, "has failed"),
            (options.on_cancel, "on_cancel", names.cancel_context, names.cancel_handler, "was cancelled"),
        ):
            if is_declared:
                about = f"Called when a run of `{options.id}` {event}."
                self._alias(context, f"{self.scope.library('surestep', 'FailureContext')}[{context_events}]")
                yield ProtocolPlan(role, handler, about, context, "None", role)
