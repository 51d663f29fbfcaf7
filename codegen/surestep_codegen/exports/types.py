"""JSON Schema of every type of the language. Dialects differ in where named types lie and in what `$ref` allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surestep_codegen.exports.scalars import ANNOTATION, Schema, scalar_schema
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import (
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
    NoDefault,
    Nullable,
    ObjectDef,
    ObjectOf,
    Scalar,
    TaggedUnionDef,
    TypeDef,
    UnionOf,
)

__all__ = ["Dialect", "SchemaWriter"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where a kind of document keeps named schemas.

    Attributes:
        prefix: of a reference, for instance `#/$defs/`.
        bare_references: keywords beside `$ref` are ignored, so a reference with a description is wrapped.
    """

    prefix: str
    bare_references: bool


@dataclass(frozen=True, slots=True)
class SchemaWriter:
    """Writes schemas for one document.

    Attributes:
        is_open: objects without a name accept unknown fields, as those of an external event do.
    """

    dialect: Dialect
    remarks: Remarks = field(default_factory=Remarks)
    is_open: bool = False

    def definition(self, definition: TypeDef, pointer: str) -> Schema:
        """The schema of a named type."""
        about = _about(description=definition.description, deprecated=definition.deprecated)
        match definition:
            case ObjectDef(fields=fields, examples=examples):
                return self.described(self.fields(fields, pointer), _about(examples=examples) | about)
            case EnumDef(values=values, descriptions=descriptions):
                return self.described(_enum(values, descriptions), about)
            case AliasDef(of=of, examples=examples, sensitive=sensitive):
                about |= _about(examples=examples, sensitive=sensitive)
                return self.described(self.schema(of, pointer), about)
            case TaggedUnionDef(members=members):
                return self.described({"oneOf": [self.reference(member) for member in members]}, about)

    def fields(self, fields: tuple[Field, ...], pointer: str, *, is_open: bool | None = None) -> Schema:
        """The schema of an object with these fields."""
        inside = f"{pointer}/properties"
        required: list[JsonValue] = [field.name for field in fields if not field.optional]
        properties: Schema = {field.name: self._field(field, f"{inside}/{_escape(field.name)}") for field in fields}
        schema: Schema = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        if not (self.is_open if is_open is None else is_open):
            schema["additionalProperties"] = False
        return schema

    def schema(self, data_type: DataType, pointer: str) -> Schema:
        """The schema of any type."""
        match data_type:
            case Scalar(kind, constraints):
                return scalar_schema(kind, constraints, pointer, self.remarks)
            case Nullable(of):
                return _nullable(self.schema(of, pointer))
            case UnionOf(members):
                inside = f"{pointer}/anyOf"
                return {"anyOf": [self.schema(member, f"{inside}/{at}") for at, member in enumerate(members)]}
            case ListOf(items, constraints):
                schema: Schema = {"type": "array", "items": self.schema(items, f"{pointer}/items")}
                return schema | _sizes(constraints, "Items")
            case MapOf(values, constraints):
                inside = f"{pointer}/additionalProperties"
                schema = {"type": "object", "additionalProperties": self.schema(values, inside)}
                return schema | _sizes(constraints, "Properties")
            case EnumOf(values):
                return _enum(values, {})
            case ObjectOf(fields):
                return self.fields(fields, pointer)
            case Named(name):
                return self.reference(name)

    def reference(self, name: str) -> Schema:
        """A reference to a named type."""
        return {"$ref": f"{self.dialect.prefix}{name}"}

    def described(self, schema: Schema, about: Schema) -> Schema:
        """A schema with what is said about it."""
        if about and "$ref" in schema and self.dialect.bare_references:
            return {"allOf": [schema], **about}
        annotation = schema.get(ANNOTATION)
        if isinstance(annotation, dict) and isinstance(extra := about.get(ANNOTATION), dict):
            return schema | about | {ANNOTATION: annotation | extra}
        return schema | about

    def _field(self, field: Field, pointer: str) -> Schema:
        about = _about(field.description, field.examples, field.default, field.deprecated, sensitive=field.sensitive)
        return self.described(self.schema(field.type, pointer), about)


def _about(
    description: str = "",
    examples: tuple[JsonValue, ...] = (),
    default: JsonValue | NoDefault = NO_DEFAULT,
    deprecated: bool = False,  # noqa: FBT001, FBT002 -- as in the definitions
    *,
    sensitive: bool = False,
) -> Schema:
    about: Schema = {}
    if description:
        about["description"] = description
    if not isinstance(default, NoDefault):
        about["default"] = default
    if examples:
        about["examples"] = list(examples)
    if deprecated:
        about["deprecated"] = True
    if sensitive:
        about[ANNOTATION] = {"sensitive": True}
    return about


def _nullable(schema: Schema) -> Schema:
    """Null too; other keywords than these never look at null."""
    kind = schema.get("type")
    if isinstance(kind, str) and not schema.keys() & {"enum", "const", "allOf"}:
        return schema | {"type": [kind, "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _enum(values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...], about: Mapping[str, str]) -> Schema:
    kind = "string" if isinstance(values[0], str) else "number"
    if about:
        members = ({"const": value, "description": about.get(str(value), "")} for value in values)
        return {
            "type": kind,
            "oneOf": [{key: text for key, text in member.items() if text != ""} for member in members],
        }
    if len(values) == 1:
        return {"type": kind, "const": values[0]}
    return {"type": kind, "enum": list(values)}


def _sizes(constraints: Constraints, noun: str) -> Schema:
    sizes: Schema = {f"min{noun}": constraints.min_items, f"max{noun}": constraints.max_items}
    sizes["uniqueItems"] = constraints.unique_items
    return {keyword: value for keyword, value in sizes.items() if value is not None}


def _escape(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
