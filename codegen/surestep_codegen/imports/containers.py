"""Lists, maps and objects of JSON Schema as those of the language."""

from collections.abc import Callable
from dataclasses import dataclass

from surestep_codegen.exports.scalars import ANNOTATION
from surestep_codegen.imports.declared import Declared
from surestep_codegen.imports.keywords import ABOUT, Keywords
from surestep_codegen.imports.pointers import below
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import (
    NO_DEFAULT,
    Constraints,
    DataType,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    ObjectOf,
    Scalar,
    ScalarKind,
)
from surestep_dsl.names import nested_class_name

__all__ = ["ContainerReader", "description_of", "examples_of", "is_closed", "is_sensitive"]

_JSON = Scalar(ScalarKind.JSON)


def is_closed(schema: dict[str, JsonValue]) -> bool:
    """Whether an object refuses fields that it does not name."""
    return schema.get("additionalProperties") is False or schema.get("unevaluatedProperties") is False


@dataclass(slots=True)
class ContainerReader:
    """Reads schemas that hold others.

    Attributes:
        read: reads an inner schema: value, pointer, hint for names.
        is_open: objects without a name accept unknown fields, as those of an external event do.
    """

    declared: Declared
    remarks: Remarks
    read: Callable[[JsonValue, str, str], DataType]
    is_open: bool = False

    def list(self, keys: Keywords, hint: str) -> ListOf:
        """An array."""
        items = keys.take("items")
        if keys.has("prefixItems") or isinstance(items, list):
            keyword = "prefixItems" if keys.has("prefixItems") else "items"
            keys.lose(keyword, "places of a list cannot have types of their own: items are json")
            items = True
        constraints = Constraints(
            min_items=keys.count("minItems"),
            max_items=keys.count("maxItems"),
            unique_items=True if keys.take("uniqueItems") is True else None,
        )
        inner = self._inner(items if keys.has("items") else True, below(keys.at, "items"), hint)
        return ListOf(inner, self._possible(constraints, keys))

    def map_or_object(self, keys: Keywords, hint: str) -> DataType:
        """An object with named fields, or a map where none is named."""
        named = any(keys.schema.get(keyword) for keyword in ("properties", "required", "patternProperties"))
        if named or is_closed(dict(keys.schema)):
            return self._object_as_open_as_others(keys, hint)
        for empty in ("properties", "patternProperties"):
            keys.mapping(empty)
        keys.items("required")
        constraints = Constraints(min_items=keys.count("minProperties"), max_items=keys.count("maxProperties"))
        values = keys.take("additionalProperties") if keys.has("additionalProperties") else True
        inner = self._inner(values, below(keys.at, "additionalProperties"), hint)
        return MapOf(inner, self._possible(constraints, keys))

    def object(self, keys: Keywords, hint: str) -> ObjectOf:
        """An object with named fields, whether unknown ones are accepted or not."""
        self._read_extra(keys)
        required = [name for name in keys.items("required") if isinstance(name, str)]
        if len(required) < len(keys.items("required")):
            raise ImportProblemError("`required` must be a list of names", keys.at)
        fields = dict[str, Field]()
        for name, schema in keys.mapping("properties").items():
            at = below(keys.at, "properties", name)
            if schema is False and name not in required:
                if self.is_open:
                    self.remarks.lose(at, "false", "a field cannot be forbidden")
            elif not name:
                self.remarks.lose(at, name, "a field needs a name: left out")
            else:
                nested = nested_class_name(hint, name)
                fields[name] = self._field(name, schema, at, nested, is_required=name in required)
        for name in required:
            if name and name not in fields:
                fields[name] = Field(name, _JSON)
                self.remarks.note(below(keys.at, "required"), name, "has no schema: read as json")
        return ObjectOf(tuple(fields.values()))

    def _object_as_open_as_others(self, keys: Keywords, hint: str) -> DataType:
        if not is_closed(dict(keys.schema)):
            if not self.is_open:
                keys.lose("additionalProperties", "unknown fields are refused here")
            return self.object(keys, hint)
        if not self.is_open:
            return self.object(keys, hint)
        self.is_open = False
        found = self.object(keys, hint)
        self.is_open = True
        return self.declared.give_name(found, hint)  # types with a name are closed

    def _read_extra(self, keys: Keywords) -> None:
        extra = keys.take("additionalProperties")
        if isinstance(extra, dict) and extra:
            keys.lose("additionalProperties", "fields that are not named cannot have a type")
        if keys.schema.get("unevaluatedProperties") is False:
            keys.take("unevaluatedProperties")

    def _field(self, name: str, schema: JsonValue, at: str, hint: str, *, is_required: bool) -> Field:
        data_type = self.declared.nested(self.declared.short(self.read(schema, at, hint), hint), hint)
        about = schema if isinstance(schema, dict) else {}
        default = about.get("default", NO_DEFAULT)
        if is_required and default is not NO_DEFAULT:
            self.remarks.note(below(at, "default"), "default", "left out: a field with a default may be absent")
            default = NO_DEFAULT
        if is_required and name.endswith("?"):
            self.remarks.lose(at, name, "a name that ends in ? means a field that may be absent")
            is_required = False
        return Field(
            name,
            data_type,
            optional=not is_required,
            default=default,
            description=description_of(about),
            examples=examples_of(about),
            deprecated=about.get("deprecated") is True,
            sensitive=is_sensitive(about),
        )

    def _inner(self, schema: JsonValue, at: str, hint: str) -> DataType:
        """The type of items or values, which have no place for more than a type."""
        if isinstance(schema, dict):
            for keyword in sorted(schema.keys() & ABOUT):
                self.remarks.note(below(at, keyword), keyword, "items and values have no place for it: left out")
        return self.declared.short(self.read(schema, at, hint), hint)

    def _possible(self, constraints: Constraints, keys: Keywords) -> Constraints:
        least, most = constraints.min_items, constraints.max_items
        if least is None or most is None or least <= most:
            return constraints
        self.remarks.lose(keys.at, "bounds", "contradict each other: left out, so more is accepted")
        return Constraints(unique_items=constraints.unique_items)


def description_of(about: dict[str, JsonValue]) -> str:
    """The description, or else the title."""
    text = about.get("description", about.get("title", ""))
    return text if isinstance(text, str) else ""


def examples_of(about: dict[str, JsonValue]) -> tuple[JsonValue, ...]:
    """The examples."""
    examples = about.get("examples", [])
    return tuple(examples) if isinstance(examples, list) else ()


def is_sensitive(about: dict[str, JsonValue]) -> bool:
    """What our own export says about secrets."""
    annotation = about.get(ANNOTATION)
    return isinstance(annotation, dict) and annotation.get("sensitive") is True
