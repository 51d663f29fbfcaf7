"""JSON Schema as types of the language: the part that every importer shares.

Each schema is read once with an account of its keywords. What the language cannot say is reported with what becomes of
it, so nothing gets narrower or wider in silence. Objects without a name are as open as the event they belong to; an
object that differs, and whatever a type expression cannot hold, gets a name of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from surestep_codegen.imports.containers import ContainerReader
from surestep_codegen.imports.declared import Declared
from surestep_codegen.imports.enums import described_constants, enum_members, possible_values
from surestep_codegen.imports.flatten import flatten
from surestep_codegen.imports.keywords import ABOUT, BY_KIND, STRUCTURE, Keywords, asserts
from surestep_codegen.imports.pointers import References, below, last_token
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.scalars import own_scalar, read_number, read_string
from surestep_codegen.limits import MAX_IMPORTED_SCHEMAS
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import DataType, JsonValue, Named, ObjectOf, Scalar, ScalarKind
from surestep_dsl.limits import MAX_NESTING
from surestep_dsl.names import class_name

__all__ = ["SchemaReader"]

_JSON: Final = Scalar(ScalarKind.JSON)


@dataclass(slots=True)
class SchemaReader:
    """Reads the schemas of one document.

    Attributes:
        names: of schemas that are referred to, by pointer.
        waiting: pointers whose schema has a name and is not read yet.
        one_ofs: members of each `oneOf` with its place; they are compared when all types are known.
        containers: reads schemas that hold others; knows whether objects without a name are open.
        read: schemas so far.
        depth: schemas that are being read, each inside of the one before.
    """

    references: References
    remarks: Remarks
    declared: Declared = field(default_factory=Declared)
    names: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    one_ofs: list[tuple[str, tuple[DataType, ...]]] = field(default_factory=list)
    read: int = 0
    depth: int = 0
    containers: ContainerReader = field(init=False)

    def __post_init__(self) -> None:
        self.containers = ContainerReader(self.declared, self.remarks, self.schema)

    def named(self, pointer: str, name: str) -> Named:
        """The name of the schema at `pointer`; one like `name` where it has none yet."""
        if pointer not in self.names:
            self.names[pointer] = self.declared.reserve(name)
            self.waiting.append(pointer)
            if self.names[pointer] != name:
                self.remarks.note(pointer, name, f"the type `{self.names[pointer]}`")
        return Named(self.names[pointer])

    def flat(self, schema: Mapping[str, JsonValue], at: str) -> dict[str, JsonValue]:
        """The schema without `allOf`."""
        return flatten(schema, at, self.references, self.remarks)

    def schema(self, value: JsonValue, at: str, hint: str) -> DataType:
        """The type of a schema; `hint` is what parts of it are called that need a name."""
        self.read += 1
        if self.read > MAX_IMPORTED_SCHEMAS:
            raise ImportProblemError(f"more than {MAX_IMPORTED_SCHEMAS:,} schemas once references are followed", at)
        if self.depth > MAX_NESTING:
            raise ImportProblemError(f"nested deeper than {MAX_NESTING} levels once references are followed", at)
        self.depth += 1
        found = self._schema(value, at, hint)
        self.depth -= 1
        return found

    def _schema(self, value: JsonValue, at: str, hint: str) -> DataType:
        if value is False:
            self.remarks.lose(at, "false", "no type refuses everything: read as json")
        if isinstance(value, bool):
            return _JSON
        if not isinstance(value, dict):
            raise ImportProblemError("a schema must be an object, true or false", at)
        if (own := self._own(value)) is not None:
            return own
        schema = self.flat(value, at)
        keys = Keywords(schema, at, self.remarks)
        if not asserts(schema):
            keys.finish()
            return _JSON
        if "$ref" in schema:
            return self._reference(keys)
        if (constants := described_constants(schema)) is not None:
            values: dict[str, JsonValue] = {"enum": constants.values}
            keys = Keywords({"type": schema["type"], **values} if "type" in schema else values, at, self.remarks)
        if keys.has("enum", "const"):
            return self._enum(keys, hint)
        for keyword in ("anyOf", "oneOf"):
            if keys.has(keyword):
                return self._union(keyword, keys, hint)
        return self._by_kind(keys, hint)

    def _own(self, schema: dict[str, JsonValue]) -> DataType | None:
        match schema.get("type"):
            case [str(kind), "null"]:
                own = own_scalar({**schema, "type": kind})
                return None if own is None else self.declared.nullable(own, "")
            case _:
                return own_scalar(schema)

    def _reference(self, keys: Keywords) -> Named:
        pointer = self.references.pointer(keys.take("$ref"), keys.at)
        self.references.find(pointer, keys.at)
        keys.finish()
        title = self.references.document.get("title", "Root")
        return self.named(pointer, str(title) if pointer == "#" else last_token(pointer))

    def _enum(self, keys: Keywords, hint: str) -> DataType:
        values = possible_values(keys)
        rest = {keyword: value for keyword, value in keys.schema.items() if keyword not in ("enum", "const", *ABOUT)}
        if "type" not in rest and not asserts(rest):
            return self.declared.union(enum_members(values, _JSON, keys), hint)
        plain = Remarks()  # what the rest cannot say is said by the values
        reader = SchemaReader(self.references, plain, read=self.read, depth=self.depth)
        base = reader.schema(rest, keys.at, hint)
        if any(remark.loses for remark in plain.made) or reader.declared.types or reader.names:
            self.remarks.lose(keys.at, "enum", "constraints beside the values are left out")
            base = _JSON
        return self.declared.union(enum_members(values, base, keys), hint)

    def _union(self, keyword: str, keys: Keywords, hint: str) -> DataType:
        choices = keys.items(keyword)
        if not choices:
            raise ImportProblemError(f"`{keyword}` must not be empty", keys.at)
        leave_out = (keyword, *ABOUT, *STRUCTURE)
        rest = {name: value for name, value in keys.schema.items() if name not in leave_out}
        closing = {name: rest.pop(name) for name in ("unevaluatedProperties",) if name in rest}  # it sees the choices
        if rest or closing:
            choices = [{"allOf": [rest, choice], **closing} for choice in choices]
        if len(choices) == 1:
            return self.schema(choices[0], below(keys.at, keyword, 0), hint)
        members = []
        was_open, self.containers.is_open = self.containers.is_open, False  # objects in a union have names
        for at, choice in enumerate(choices):
            title = choice.get("title") if isinstance(choice, dict) else None
            name = class_name(title) if isinstance(title, str) and class_name(title) else f"{hint}{at + 1}"
            member = self.schema(choice, below(keys.at, keyword, at), name)
            members.append(self.declared.inline(member, name) if isinstance(member, ObjectOf) else member)
        self.containers.is_open = was_open
        if keyword == "oneOf":
            self.one_ofs.append((below(keys.at, keyword), tuple(members)))
        return self.declared.union(members, hint)

    def _by_kind(self, keys: Keywords, hint: str) -> DataType:
        kinds = self._kinds(keys)
        was_open = self.containers.is_open
        self.containers.is_open = was_open and len(kinds) < 2  # an object in a union has a name
        members = [self._kind(kind, keys, hint) for kind in kinds]
        self.containers.is_open = was_open
        for kind in [kind for kind in BY_KIND if kind not in kinds]:
            for keyword in BY_KIND[kind]:
                if kinds and keyword not in keys.read and keys.has(keyword):
                    keys.remarks.note(
                        below(keys.at, keyword), keyword, f"says nothing about {' or '.join(kinds)}: left out"
                    )
                    keys.take(keyword)
        keys.finish()
        return self.declared.union(members, hint) if len(members) > 1 else (members or [_JSON])[0]

    def _kinds(self, keys: Keywords) -> list[str]:
        """What `type` names; without it, what the keywords are about."""
        stated = keys.take("type")
        if stated is not None:
            kinds = stated if isinstance(stated, list) else [stated]
            known = [kind for kind in kinds if isinstance(kind, str) and kind in BY_KIND]
            if not kinds or len(known) < len(kinds):
                raise ImportProblemError(f"`type` must be one of {', '.join(BY_KIND)}, or a list of these", keys.at)
            return [kind for kind in dict.fromkeys(known) if kind != "integer" or "number" not in known]
        meant = [kind for kind, keywords in BY_KIND.items() if kind != "integer" and keys.has(*keywords)]
        if len(meant) == 1:
            why = f"missing: read as {meant[0]}, so values of other kinds are refused"
            self.remarks.lose(keys.at, "type", why)
            return meant
        return []

    def _kind(self, kind: str, keys: Keywords, hint: str) -> DataType:
        match kind:
            case "string":
                return read_string(keys)
            case "integer" | "number":
                return read_number(ScalarKind(kind), keys)
            case "array":
                return self.containers.list(keys, hint)
            case "object":
                return self.containers.map_or_object(keys, hint)
            case _:
                return Scalar(ScalarKind(kind))
