"""Makes types whole: aliases with extra bounds are written out, constraints are fitted, defaults and examples read.

What a bound means depends on the type behind a name, so all of this waits until every file is parsed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from surestep_dsl.alias_chains import cut_endless_aliases
from surestep_dsl.codes import find
from surestep_dsl.constraints import ORDER_BOUNDS, allowed_constraints, intersect, stated
from surestep_dsl.datatypes import (
    NO_CONSTRAINTS,
    NO_DEFAULT,
    AliasDef,
    Constraints,
    DataType,
    EnumDef,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    ScalarKind,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
    holds_object,
)
from surestep_dsl.limits import MAX_ALIAS_CHAIN
from surestep_dsl.model import Path
from surestep_dsl.nodes import SequenceNode
from surestep_dsl.places import Places
from surestep_dsl.scalars import json_of
from surestep_dsl.wire import wire_order

__all__ = ["TypeResolver"]


class TypeResolver:
    """Resolves every type of a project against `types`.

    Attributes:
        types: the named types; `resolve_named` replaces them by their resolved form.
        found: what is wrong.
    """

    def __init__(self, types: Mapping[str, TypeDef], places: Places) -> None:
        self.places = places
        self.types, self.found = cut_endless_aliases(types, places)
        self._resolving: list[str] = []
        self._resolved: set[str] = set()

    def resolve_named(self) -> Mapping[str, TypeDef]:
        """All named types, resolved and sorted by name; their values are read once every type is known."""
        for name in sorted(self.types):
            self._resolve_definition(name)
        for name in sorted(self.types):
            self.types[name] = self._read_definition(self.types[name])
        return dict(sorted(self.types.items()))

    def fields(self, fields: tuple[Field, ...], path: Path) -> tuple[Field, ...]:
        """Fields with resolved types, defaults and examples."""
        shaped = self._shape_fields(fields, path)
        return tuple(self._read_field(field, (*path, field.name)) for field in shaped)

    def data_type(self, data_type: DataType, path: Path) -> DataType:
        """A type outside of fields."""
        return self._read_inside(self._shape(data_type, path), path)

    def examples(self, examples: tuple[JsonValue, ...], data_type: DataType, path: Path) -> tuple[JsonValue, ...]:
        """Examples read again with their type in mind."""
        node = self.places.value((*path, "examples"))
        if not examples or not isinstance(node, SequenceNode):
            return examples
        return tuple(json_of(item, data_type, self.types) for item in node.items)

    def _resolve_definition(self, name: str) -> None:
        if name in self._resolved or name in self._resolving:
            return
        self._resolving.append(name)
        definition, path = self.types[name], ("types", name)
        match definition:
            case ObjectDef():
                fields = self._shape_fields(definition.fields, (*path, "fields"))
                self.types[name] = replace(definition, fields=fields)
            case AliasDef():
                self.types[name] = replace(definition, of=self._shape(definition.of, path))
            case EnumDef() | TaggedUnionDef():
                pass
        self._resolving.pop()
        self._resolved.add(name)

    def _shape_fields(self, fields: tuple[Field, ...], path: Path) -> tuple[Field, ...]:
        shaped = ((field, self._shape(field.type, (*path, field.name))) for field in fields)
        return tuple(
            field if field.type == data_type else replace(field, type=data_type) for field, data_type in shaped
        )

    def _shape(self, data_type: DataType, path: Path) -> DataType:
        """A type with fitted constraints and without bounds on names."""
        match data_type:
            case Scalar(kind, constraints):
                fitted = self._fit(constraints, kind, path)
                return data_type if fitted is constraints else Scalar(kind, fitted)
            case ListOf(items, constraints):
                return ListOf(self._shape(items, self._inner(path, "items")), self._fit(constraints, "list", path))
            case MapOf(values, constraints):
                return MapOf(self._shape(values, self._inner(path, "values")), self._fit(constraints, "map", path))
            case Nullable(of):
                inner = self._shape(of, path)
                return inner if isinstance(inner, Nullable) else Nullable(inner)
            case UnionOf(members):
                return UnionOf(tuple(self._shape(member, path) for member in members))
            case ObjectOf(fields):
                return ObjectOf(self._shape_fields(fields, (*path, "fields")))
            case EnumOf():
                return data_type
            case Named(name, constraints):
                return self._shape_named(name, constraints, path)

    def _inner(self, path: Path, key: str) -> Path:
        return (*path, key) if (*path, key) in self.places else path

    def _shape_named(self, name: str, constraints: Constraints, path: Path) -> DataType:
        if name not in self.types:
            return Scalar(ScalarKind.JSON)
        if constraints == NO_CONSTRAINTS:
            return Named(name)
        if not isinstance(self.types[name], AliasDef):
            self._misfit(constraints, f"`{name}`", path)
            return Named(name)
        if name in self._resolving or len(self._resolving) > MAX_ALIAS_CHAIN:
            self._report("T117", f"`{name}` builds on too many other types to be narrowed here", path)
            return Named(name)
        self._resolve_definition(name)
        definition = self.types[name]
        if isinstance(definition, AliasDef) and holds_object(definition.of):
            # written out at each use, objects would multiply
            self._misfit(constraints, f"`{name}`, which holds an object without a name", path)
            return Named(name)
        return self._narrow(definition.of, constraints, path) if isinstance(definition, AliasDef) else Named(name)

    def _narrow(self, data_type: DataType, constraints: Constraints, path: Path) -> DataType:
        """The aliased type with the bounds stated where the alias is used."""
        match data_type:
            case Scalar(kind, own):
                return Scalar(kind, self._intersect(kind, own, self._fit(constraints, kind, path), path))
            case ListOf(items, own):
                return ListOf(items, self._intersect(None, own, self._fit(constraints, "list", path), path))
            case MapOf(values, own):
                return MapOf(values, self._intersect(None, own, self._fit(constraints, "map", path), path))
            case Nullable(of):
                return Nullable(self._narrow(of, constraints, path))
            case Named(name):
                return self._shape_named(name, constraints, path)
            case UnionOf() | EnumOf() | ObjectOf():
                kinds = {UnionOf: "a union", EnumOf: "an enum", ObjectOf: "an object"}
                self._misfit(constraints, kinds[type(data_type)], path)
                return data_type

    def _intersect(self, kind: ScalarKind | None, own: Constraints, added: Constraints, path: Path) -> Constraints:
        both = intersect(kind, own, added)
        if isinstance(both, str):
            self.found.append(find("T104", f"{both} with those of the named type", self.places.nearest(path)))
            return own
        return both

    def _fit(self, constraints: Constraints, kind: ScalarKind | Literal["list", "map"], path: Path) -> Constraints:
        """The constraints that fit; the others are reported and dropped."""
        if constraints == NO_CONSTRAINTS:
            return constraints
        allowed = allowed_constraints(kind)
        kept = {}
        for name, value in stated(constraints).items():
            if name not in allowed:
                hint = f"it may have {', '.join(allowed)}" if allowed else None
                self._report("T103", f"`{name}` does not fit {kind}", (*path, name), hint)
            elif (name in ORDER_BOUNDS or name == "multiple_of") and not _is_bound(ScalarKind(kind), name, value):
                self._report("T112", f"`{value}` is no value of type {kind}", (*path, name))
            else:
                kept[name] = str(value) if kind is ScalarKind.DECIMAL else value
        return Constraints(**kept)  # type: ignore[arg-type]

    def _misfit(self, constraints: Constraints, kind: str, path: Path) -> None:
        for name in stated(constraints):
            self._report("T103", f"`{name}` does not fit {kind}", (*path, name))

    def _report(self, code: str, message: str, path: Path, hint: str | None = None) -> None:
        self.found.append(find(code, message, self.places.value_span(path), hint))

    def _read_definition(self, definition: TypeDef) -> TypeDef:
        path: Path = ("types", definition.name)
        match definition:
            case ObjectDef():
                fields = tuple(self._read_field(field, (*path, "fields", field.name)) for field in definition.fields)
                examples = self.examples(definition.examples, ObjectOf(fields), path)
                return replace(definition, fields=fields, examples=examples)
            case AliasDef():
                of = self._read_inside(definition.of, path)
                return replace(definition, of=of, examples=self.examples(definition.examples, of, path))
            case EnumDef() | TaggedUnionDef():
                return definition

    def _read_field(self, field: Field, path: Path) -> Field:
        default = field.default
        node = self.places.value((*path, "default"))
        if default is not NO_DEFAULT and node is not None:
            default = json_of(node, field.type, self.types)
        data_type = self._read_inside(field.type, path)
        if default is NO_DEFAULT and not field.examples and data_type == field.type:
            return field
        return replace(field, type=data_type, default=default, examples=self.examples(field.examples, data_type, path))

    def _read_inside(self, data_type: DataType, path: Path) -> DataType:
        """The same type with the values of nested fields read."""
        match data_type:
            case ObjectOf(fields):
                inner = (*path, "fields")
                return ObjectOf(tuple(self._read_field(field, (*inner, field.name)) for field in fields))
            case ListOf(items, constraints):
                return ListOf(self._read_inside(items, self._inner(path, "items")), constraints)
            case MapOf(values, constraints):
                return MapOf(self._read_inside(values, self._inner(path, "values")), constraints)
            case Nullable(of):
                return Nullable(self._read_inside(of, path))
            case Scalar() | EnumOf() | UnionOf() | Named():
                return data_type


def _is_bound(kind: ScalarKind, name: str, value: JsonValue) -> bool:
    """Whether a bound is a value of its type; an integer's bounds may be fractions."""
    numeric = ScalarKind.DECIMAL if name == "multiple_of" else kind
    return wire_order(ScalarKind.NUMBER if numeric is ScalarKind.INTEGER else numeric, value) is not None
