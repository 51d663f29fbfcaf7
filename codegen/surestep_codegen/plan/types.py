"""Modules of named types: one each, but types that refer to each other in a circle share one.

A named enum becomes an enum class, not a `Literal`: its values have names and descriptions of their own, they read
back as themselves, and type checkers narrow by member. Texts make a `StrEnum`, so a member is also its text.
"""

from collections.abc import Iterator

from surestep_codegen.plan.annotations import Annotation, Annotator, with_examples
from surestep_codegen.plan.index import Index, named_in_definition
from surestep_codegen.plan.model import AliasPlan, DataModule, Declaration, EnumMemberPlan, EnumPlan
from surestep_codegen.plan.paths import module_path
from surestep_codegen.plan.shapes import Shape, shape_of_fields, shape_of_type
from surestep_codegen.plan.values import attribute_name, enum_members
from surestep_codegen.python import Scope
from surestep_dsl.datatypes import AliasDef, EnumDef, EnumOf, Field, ObjectDef, TaggedUnionDef, TypeDef

__all__ = ["plan_types"]


def plan_types(index: Index) -> Iterator[DataModule]:
    """All modules of named types."""
    for circle in sorted(set(index.circles.values())):
        yield _plan_module(index, circle)


def _plan_module(index: Index, circle: tuple[str, ...]) -> DataModule:
    definitions = [index.project.types[name] for name in circle]
    is_circular = any(named_in_definition(definition) & set(circle) for definition in definitions)
    module = index.type(circle[0]).module
    shape = Shape()
    for definition in definitions:
        shape |= _shape(index, definition)
    scope = Scope(module, shape.classes, shape.attributes, shape.references)
    annotator = Annotator(index, scope, circle=circle if is_circular else ())
    declared: list[Declaration] = []
    for definition in definitions:
        last = _declare(annotator, definition, index.type(definition.name).name)
        declared += [*annotator.classes, *last]
        annotator.classes.clear()
    aliases = [found for found in declared if isinstance(found, AliasPlan)]
    classes = [found for found in declared if not isinstance(found, AliasPlan)]
    rebuilds = tuple(found.name for found in classes) if is_circular else ()
    names = " and ".join(f"`{name}`" for name in circle)
    description = f"Types {names}, which refer to each other." if len(circle) > 1 else f"Type {names}."
    return DataModule(module_path(module), description, scope.imports(), (*classes, *aliases), rebuilds)


def _shape(index: Index, definition: TypeDef) -> Shape:
    own = index.type(definition.name).name
    shape = Shape(frozenset({own}))
    match definition:
        case ObjectDef(fields=fields):
            return shape | shape_of_fields(index, fields, own)
        case AliasDef(of=of):
            return shape | shape_of_type(index, of, index.alias_object(definition.name).name)
        case TaggedUnionDef(members=members):
            return shape | Shape(references=frozenset(map(index.type, members)))
        case EnumDef():
            return shape | Shape(attributes=frozenset(enum_members(definition).values()))


def _declare(annotator: Annotator, definition: TypeDef, name: str) -> tuple[Declaration, ...]:
    """Adds the classes of an object to the annotator, or gives the declaration of anything else."""
    description = definition.description
    if definition.deprecated:
        description = f"{description}\n\nDeprecated.".strip()
    match definition:
        case ObjectDef(fields=fields, examples=examples):
            annotator.declare(name, fields, description, examples=examples)
            return ()
        case AliasDef(of=of, examples=examples):
            inner = annotator.index.alias_object(definition.name).name
            annotation = with_examples(annotator.annotation(of, inner), examples)
            return (_alias(annotator, annotation, name, description),)
        case TaggedUnionDef():
            return (_alias(annotator, _tagged(annotator, definition), name, description),)
        case EnumDef():
            return (_enum(annotator.scope, definition, name, description),)


def _alias(annotator: Annotator, annotation: Annotation, name: str, description: str) -> AliasPlan:
    scope = annotator.scope
    value = annotation.spell(scope)
    if annotator.circle:
        marker = scope.library("typing_extensions", "TypeAliasType")
        return AliasPlan(name, marker, repr(value), is_circular=True, description=description)
    return AliasPlan(name, scope.library("typing", "TypeAlias"), value, is_circular=False, description=description)


def _tagged(annotator: Annotator, definition: TaggedUnionDef) -> Annotation:
    """Told apart by the tag where all members call it the same; otherwise the first member that fits."""
    index = annotator.index
    text = " | ".join(annotator.scope.reference(index.type(member)) for member in definition.members)
    tags = [_tag_field(index, member, definition.on) for member in definition.members]
    names = {attribute_name(tag) for tag in tags if tag is not None and isinstance(tag.type, EnumOf)}
    if len(names) == 1 and all(tag is not None and isinstance(tag.type, EnumOf) for tag in tags):
        if len(definition.members) == 1:
            return Annotation(text)
        return Annotation(text, (("discriminator", repr(names.pop())),))
    return Annotation(text, (("union_mode", "'left_to_right'"),))


def _tag_field(index: Index, member: str, on: str) -> Field | None:
    definition = index.project.types[member]
    fields = definition.fields if isinstance(definition, ObjectDef) else ()
    return next((field for field in fields if field.name == on), None)


def _enum(scope: Scope, definition: EnumDef, name: str, description: str) -> EnumPlan:
    values = definition.values
    if all(isinstance(value, str) for value in values):
        bases = scope.library("enum", "StrEnum")
    elif all(isinstance(value, int) for value in values):
        bases = scope.library("enum", "IntEnum")
    else:
        bases = f"float, {scope.library('enum', 'Enum')}"
    members = tuple(
        EnumMemberPlan(member, repr(value), definition.descriptions.get(str(value), ""))
        for value, member in enum_members(definition).items()
    )
    return EnumPlan(name, bases, description or f"Values of `{definition.name}`.", members)
