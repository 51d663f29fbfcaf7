"""Which names the classes of a module will have, before anything is spelt: what a `Scope` must know at its start."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from surestep_codegen.plan.index import Index, inner_class, named_in, named_in_definition
from surestep_codegen.plan.values import attribute_name
from surestep_codegen.python import Reference
from surestep_dsl.datatypes import DataType, Field, ListOf, MapOf, NoDefault, Nullable, ObjectOf

__all__ = ["Shape", "shape_of_fields", "shape_of_type"]


@dataclass(frozen=True, slots=True)
class Shape:
    """Classes defined for nested objects, names of fields in them, and named types mentioned."""

    classes: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    references: frozenset[Reference] = frozenset()

    def __or__(self, other: "Shape") -> "Shape":
        return Shape(
            self.classes | other.classes, self.attributes | other.attributes, self.references | other.references
        )


def shape_of_fields(index: Index, fields: tuple[Field, ...], owner: str, payload: str = "") -> Shape:
    """The shape of an object, without its own class; nested ones are named after `owner`, none like `payload`."""
    shape = Shape(attributes=frozenset(attribute_name(field) for field in fields))
    for field in fields:
        shape |= shape_of_type(index, field.type, inner_class(owner, field, payload))
        if not isinstance(field.default, NoDefault):
            shape |= Shape(references=_reachable(index, named_in(field.type)))
    return shape


def shape_of_type(index: Index, data_type: DataType, owner: str) -> Shape:
    """The shape of a type; an object in it has the class `owner`."""
    references = frozenset(map(index.type, named_in(data_type)))
    shape = Shape(references=references)
    for fields in _objects(data_type):
        shape |= Shape(classes=frozenset({owner})) | shape_of_fields(index, fields, owner)
    return shape


def _objects(data_type: DataType) -> Iterator[tuple[Field, ...]]:
    match data_type:
        case ObjectOf(fields):
            yield fields
        case Nullable(inner) | ListOf(inner) | MapOf(inner):
            yield from _objects(inner)
        case _:
            pass


def _reachable(index: Index, names: Iterable[str]) -> frozenset[Reference]:
    """What a default of these named types may have to be spelt with."""
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(named_in_definition(index.project.types[name]))
    return frozenset(map(index.type, found)) | frozenset(map(index.alias_object, found))
