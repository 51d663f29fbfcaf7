"""What a function's module defines: pure names, also for the modules that use them."""

from dataclasses import dataclass

from surestep_dsl.names import class_name, module_name

__all__ = ["FunctionNames", "function_names"]


@dataclass(frozen=True, slots=True)
class FunctionNames:
    """What a function's module defines; a handler stub imports some of it."""

    instance: str
    declaration: str
    context: str
    failure_context: str
    cancel_context: str
    step: str
    result: str
    input: str
    invoked: str
    handler: str
    failure_handler: str
    cancel_handler: str


def function_names(function_id: str) -> FunctionNames:
    """Names by rule: all begin with the class name of the function's id."""
    name = class_name(function_id)
    return FunctionNames(
        instance=module_name(function_id),
        declaration=name,
        context=f"{name}Context",
        failure_context=f"{name}FailureContext",
        cancel_context=f"{name}CancelContext",
        step=f"{name}Step",
        result=f"{name}Result",
        input=f"{name}Input",
        invoked=f"{name}Invoked",
        handler=f"{name}Handler",
        failure_handler=f"{name}FailureHandler",
        cancel_handler=f"{name}CancelHandler",
    )
