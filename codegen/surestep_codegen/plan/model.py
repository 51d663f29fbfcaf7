"""What the templates spell: modules and their declarations. No value here needs a decision any more.

Annotations, defaults and other expressions are Python source; descriptions are plain text, escaped when rendered.
"""

from dataclasses import dataclass
from typing import TypeAlias

from surestep_codegen.python import Import

__all__ = [
    "AliasPlan",
    "ClassPlan",
    "DataModule",
    "Declaration",
    "EnumMemberPlan",
    "EnumPlan",
    "FieldPlan",
    "FunctionModule",
    "HandlerPlan",
    "LazyPackage",
    "ModulePlan",
    "ProtocolPlan",
    "RegistryModule",
    "StepMethodPlan",
    "StepsPlan",
    "StubModule",
    "TextFile",
    "UpcastPlan",
    "UpcasterModule",
    "UpcasterPlan",
]


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """One line of a class body; `default` is None for a required field."""

    name: str
    annotation: str
    default: str | None
    description: str


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """A frozen pydantic class."""

    name: str
    bases: str
    description: str
    fields: tuple[FieldPlan, ...]


@dataclass(frozen=True, slots=True)
class EnumMemberPlan:
    """`name = value`."""

    name: str
    value: str
    description: str


@dataclass(frozen=True, slots=True)
class EnumPlan:
    """An enum class."""

    name: str
    bases: str
    description: str
    members: tuple[EnumMemberPlan, ...]


@dataclass(frozen=True, slots=True)
class AliasPlan:
    """`name: marker = value`, or `name = marker("name", "value")` where the alias takes part in a circle."""

    name: str
    marker: str
    value: str
    is_circular: bool
    description: str


Declaration: TypeAlias = ClassPlan | EnumPlan | AliasPlan


@dataclass(frozen=True, slots=True)
class UpcastPlan:
    """The decorator of an upcaster: from the class of an older version to that of the next newer one."""

    name: str
    base: str
    old: str
    new: str
    new_data: str


@dataclass(frozen=True, slots=True)
class DataModule:
    """A module of types or of one event; `rebuilds` names classes that had to wait for later ones."""

    path: str
    description: str
    imports: tuple[Import, ...]
    declarations: tuple[Declaration, ...]
    rebuilds: tuple[str, ...] = ()
    upcasts: tuple[UpcastPlan, ...] = ()


@dataclass(frozen=True, slots=True)
class ProtocolPlan:
    """One of the handlers a function takes: the method that binds it, its Protocol and what it gets and returns."""

    method: str
    name: str
    description: str
    context: str
    result: str
    role: str | None


@dataclass(frozen=True, slots=True)
class StepMethodPlan:
    """The method of a declared step: what follows `self` in its head, and the call of a protected method of its base.

    Attributes:
        callee: module and name of the invoked function's declaration, imported when called; functions may invoke each
            other.
    """

    name: str
    parameters: str
    returns: str
    description: str
    call: str
    callee: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class StepsPlan:
    """The class of a function's declared steps; some imported names only if they are needed."""

    name: str
    base: str
    parameter_spec: str | None
    type_checking: str | None
    type_imports: tuple[Import, ...]
    methods: tuple[StepMethodPlan, ...]


@dataclass(frozen=True, slots=True)
class FunctionModule:
    """The declaration of one function; the last six are what imported names are called in this module.

    Attributes:
        steps: class of its declared steps, None where it does not declare them.
    """

    path: str
    description: str
    imports: tuple[Import, ...]
    declarations: tuple[Declaration, ...]
    protocols: tuple[ProtocolPlan, ...]
    id: str
    class_name: str
    instance: str
    step: str
    input: str
    result: str
    steps: StepsPlan | None
    options: str
    events: tuple[str, ...]
    invoked: str | None
    function_base: str
    handler_class: str
    protocol_base: str
    coroutine: str
    any_type: str
    final: str


@dataclass(frozen=True, slots=True)
class LazyPackage:
    """A package that imports a module when one of its names is first used; `names` are pairs of name and module."""

    path: str
    description: str
    package: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RegistryModule:
    """The import references of everything generated; an event's older versions with upcast and upcaster.

    Attributes:
        sensitive: some value must not be stored in plain text.
    """

    path: str
    app: str
    events: tuple[tuple[str, str], ...]
    functions: tuple[tuple[str, str], ...]
    handlers: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file of fixed text: only a docstring, or nothing."""

    path: str
    description: str


@dataclass(frozen=True, slots=True)
class HandlerPlan:
    """One handler to be written by the user; `role` is the method that binds it, None for the main one."""

    role: str | None
    decorator: str
    name: str
    context: str
    step: str
    result: str
    description: str
    message: str


@dataclass(frozen=True, slots=True)
class StubModule:
    """A module of handlers that is written once and then belongs to the user."""

    path: str
    description: str
    imports: tuple[Import, ...]
    handlers: tuple[HandlerPlan, ...]


@dataclass(frozen=True, slots=True)
class UpcasterPlan:
    """One upcaster to be written by the user."""

    decorator: str
    name: str
    old: str
    new_data: str
    description: str
    message: str


@dataclass(frozen=True, slots=True)
class UpcasterModule:
    """The upcasters of one event: written once, then the user's."""

    path: str
    description: str
    imports: tuple[Import, ...]
    upcasters: tuple[UpcasterPlan, ...]


ModulePlan: TypeAlias = (
    DataModule | FunctionModule | LazyPackage | RegistryModule | TextFile | StubModule | UpcasterModule
)
