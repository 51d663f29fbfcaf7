"""Stubs of handlers: where they go and what they say. They are written once; afterwards they are the user's."""

from collections.abc import Callable, Iterator
from functools import partial

from surestep_codegen.plan.function_names import FunctionNames, function_names
from surestep_codegen.plan.index import Index
from surestep_codegen.plan.model import HandlerPlan, StubModule
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.versions import UPCASTERS
from surestep_codegen.python import Reference, Scope
from surestep_dsl.model import FunctionDef
from surestep_dsl.names import module_name

__all__ = ["handler_place", "plan_handlers", "plan_stubs"]


def handler_place(index: Index, function: FunctionDef) -> tuple[str, str]:
    """Module and name of a function's handler: stated in the spec, or by rule."""
    if function.handler is not None:
        module, _, name = function.handler.partition(":")
        return module, name or "handle"
    name = module_name(function.id)
    return f"{index.layout.handlers}.{f'{name}_' if name == UPCASTERS else name}", "handle"


def plan_stubs(index: Index) -> Iterator[StubModule]:
    """One module for all functions whose handlers share a place; usually one function each."""
    places: dict[str, list[FunctionDef]] = {}
    for function in index.project.functions.values():
        places.setdefault(handler_place(index, function)[0], []).append(function)
    for module, functions in sorted(places.items()):
        yield _plan_stub(index, module, functions)


def _plan_stub(index: Index, module: str, functions: list[FunctionDef]) -> StubModule:
    references: list[Reference] = []
    for function in functions:
        place, names = index.function_module(function.id), function_names(function.id)
        references += [Reference(place, name, "_") for name in _used_names(function, names)]
    defined = {handler_place(index, function)[1] for function in functions} | {"handle_failure", "handle_cancel"}
    scope = Scope(module, defined, (), references)

    def local(function: FunctionDef, name: str) -> str:
        return scope.reference(Reference(index.function_module(function.id), name, "_"))

    handlers = tuple(
        handler for function in functions for handler in plan_handlers(index, function, partial(local, function))
    )
    what = "Handler" if len(functions) == 1 else "Handlers"
    listed = " and ".join(f"`{function.id}`" for function in functions)
    return StubModule(module_path(module), f"{what} of {listed}.", scope.imports(), handlers)


def _used_names(function: FunctionDef, names: FunctionNames) -> Iterator[str]:
    yield from (names.instance, names.context, names.step)
    if function.returns is not None:
        yield names.result
    if function.options.on_failure:
        yield names.failure_context
    if function.options.on_cancel:
        yield names.cancel_context


def plan_handlers(index: Index, function: FunctionDef, local: Callable[[str], str]) -> Iterator[HandlerPlan]:
    """Every handler that a function takes, the main one first.

    Args:
        index: the project and its places.
        function: whose handlers.
        local: what a name of the function's module is called where the handlers stand.
    """
    names, options = function_names(function.id), function.options
    yield HandlerPlan(
        role=None,
        decorator=local(names.instance),
        name=handler_place(index, function)[1],
        context=local(names.context),
        step=local(names.step),
        result="None" if function.returns is None else local(names.result),
        description=options.description,
        message=f"write the handler of {options.id}",
    )
    for wanted, kind, context in (
        (options.on_failure, "failure", names.failure_context),
        (options.on_cancel, "cancel", names.cancel_context),
    ):
        if wanted:
            yield HandlerPlan(
                role=f"on_{kind}",
                decorator=f"{local(names.instance)}.on_{kind}",
                name=f"handle_{kind}",
                context=local(context),
                step=local(names.step),
                result="None",
                description="",
                message=f"write the {kind} handler of {options.id}",
            )
