"""The whole plan: every module of the generated package, and every stub the user may need."""

from collections.abc import Iterable
from dataclasses import dataclass

from surestep_codegen.plan.events import plan_event
from surestep_codegen.plan.functions import plan_function
from surestep_codegen.plan.index import Index, Layout
from surestep_codegen.plan.model import (
    DataModule,
    FunctionModule,
    LazyPackage,
    ModulePlan,
    RegistryModule,
    StubModule,
    TextFile,
    UpcasterModule,
)
from surestep_codegen.plan.paths import module_path, package_path
from surestep_codegen.plan.sensitivity import has_sensitive_values
from surestep_codegen.plan.stubs import handler_place, plan_stubs
from surestep_codegen.plan.types import plan_types
from surestep_codegen.plan.versions import lifts, plan_upcasters, upcaster_module
from surestep_dsl.model import EventDef, Project
from surestep_dsl.names import module_name

__all__ = ["Plan", "plan_project"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Files by owner.

    Attributes:
        generated: ours, sorted by path; written anew whenever they change.
        stubs: the user's, sorted by path; written only where nothing is.
    """

    generated: tuple[ModulePlan, ...]
    stubs: tuple[StubModule | UpcasterModule | TextFile, ...]


def plan_project(project: Project, layout: Layout) -> Plan:
    """Decide everything about the generated code of a project."""
    index = Index(project, layout)
    package = layout.package
    types = tuple(plan_types(index))
    events = tuple(plan_event(index, event) for event in project.events.values())
    functions = tuple(plan_function(index, function) for function in project.functions.values())
    generated: list[ModulePlan] = [
        *types,
        *events,
        *functions,
        _lazy_package(f"{package}.types", "Named types", types),
        _lazy_package(f"{package}.events", "Events and their payloads", events),
        _lazy_package(f"{package}.functions", "Contexts, steps, inputs and results of the functions", functions),
        TextFile(package_path(package), f"Contract of the app `{project.app}`."),
        TextFile(f"{package.replace('.', '/')}/py.typed", ""),
        _registry(index),
    ]
    stubs: list[StubModule | UpcasterModule | TextFile] = [*plan_stubs(index), *plan_upcasters(index)]
    ours = {plan.path for plan in generated}
    parents = set(_parent_packages((package, *(_module_of(stub.path) for stub in stubs))))
    stubs += [TextFile(path, "") for path in parents if path not in ours]
    return Plan(tuple(sorted(generated, key=_path)), tuple(sorted(stubs, key=_path)))


def _path(plan: ModulePlan) -> str:
    return plan.path


def _module_of(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _parent_packages(modules: Iterable[str]) -> Iterable[str]:
    for module in modules:
        parts = module.split(".")
        for length in range(1, len(parts)):
            yield package_path(".".join(parts[:length]))


def _lazy_package(package: str, description: str, modules: tuple[DataModule | FunctionModule, ...]) -> LazyPackage:
    """Exports what each module declares. A name that two modules declare is left to them."""
    declared: dict[str, list[str]] = {}
    for module in modules:
        stem = module.path.rpartition("/")[2].removesuffix(".py")
        exported = [found.name for found in module.declarations]
        if isinstance(module, FunctionModule):
            exported += [module.class_name, *(found.name for found in module.protocols)]
            exported += [module.steps.name] if module.steps else []
        for name in exported:
            declared.setdefault(name, []).append(stem)
    names = tuple((name, stems[0]) for name, stems in sorted(declared.items()) if len(stems) == 1)
    return LazyPackage(package_path(package), f"{description}; modules are imported when first used.", package, names)


def _registry(index: Index) -> RegistryModule:
    events = ((name, index.event(name)) for name in index.project.events)
    functions = index.project.functions
    return RegistryModule(
        module_path(f"{index.layout.package}.registry"),
        index.project.app,
        tuple((name, f"{target.module}:{target.name}") for name, target in events),
        tuple((name, f"{index.function_module(name)}:{module_name(name)}") for name in functions),
        tuple((name, _handler_reference(index, name)) for name in functions),
        tuple((event.name, _older(index, event)) for event in index.project.events.values() if event.previous),
        has_sensitive_values(index.project),
    )


def _older(index: Index, event: EventDef) -> tuple[tuple[str, str, str], ...]:
    module = upcaster_module(index, event)
    return tuple(
        (lift.version, f"{lift.upcast.module}:{lift.upcast.name}", f"{module}:{lift.upcaster}")
        for lift in lifts(index, event)
    )


def _handler_reference(index: Index, function_id: str) -> str:
    module, name = handler_place(index, index.project.functions[function_id])
    return module if name == "handle" else f"{module}:{name}"
