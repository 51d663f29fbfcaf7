"""From data types to annotations, and from objects to classes.

What is decided here: an enum without a name is a `Literal`; a union takes the first member that fits, in the order
written; a field that may be left out is `Omittable` or, where null is a value of its own, `Absentable`; everything a
field adds to its type stands in one `Annotated`.
"""

from dataclasses import dataclass, field as dataclass_field, replace

from surestep_codegen.plan.index import Index, inner_class, named_in
from surestep_codegen.plan.model import ClassPlan, FieldPlan
from surestep_codegen.plan.values import ValueSpeller, attribute_name
from surestep_codegen.python import Scope
from surestep_dsl.datatypes import (
    Constraints,
    DataType,
    EnumOf,
    Field,
    JsonValue,
    ListOf,
    MapOf,
    Named,
    NoDefault,
    Nullable,
    ObjectOf,
    Scalar,
    ScalarKind,
    UnionOf,
)

__all__ = ["Annotation", "Annotator", "with_examples"]

_WIRE = "surestep.authoring.wire"
_ABSENCE = "surestep.authoring.absence"
_BOUNDS = "surestep.authoring.bounds"

_SCALARS = {
    ScalarKind.STRING: "String",
    ScalarKind.INTEGER: "Integer",
    ScalarKind.NUMBER: "Number",
    ScalarKind.BOOLEAN: "Boolean",
    ScalarKind.DATETIME: "Datetime",
    ScalarKind.DATE: "Date",
    ScalarKind.TIME: "Time",
    ScalarKind.DURATION: "Duration",
    ScalarKind.UUID: "Uuid",
    ScalarKind.DECIMAL: "DecimalText",
    ScalarKind.BYTES: "Bytes",
    ScalarKind.URL: "Url",
    ScalarKind.EMAIL: "Email",
    ScalarKind.JSON: "Json",
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A type and what narrows it, kept apart so that a field can add to it.

    Attributes:
        text: the bare type.
        arguments: keyword arguments of pydantic's `Field`.
        marks: further members of `Annotated`.
    """

    text: str
    arguments: tuple[tuple[str, str], ...] = ()
    marks: tuple[str, ...] = ()

    def spell(self, scope: Scope) -> str:
        """The annotation as source."""
        if not self.arguments and not self.marks:
            return self.text
        given = ", ".join(f"{name}={value}" for name, value in self.arguments)
        call = (f"{scope.library('pydantic', 'Field')}({given})",) if given else ()
        return f"{scope.library('typing', 'Annotated')}[{', '.join((self.text, *self.marks, *call))}]"


@dataclass(slots=True)
class Annotator:
    """Annotates in one module and collects the classes of nested objects, inner ones first.

    Attributes:
        base: the base of object classes, `Data` or `ExternalData`.
        circle: named types of this very module: annotations that mention them are quoted.
    """

    index: Index
    scope: Scope
    base: str = "Data"
    circle: tuple[str, ...] = ()
    classes: list[ClassPlan] = dataclass_field(default_factory=list)

    @property
    def values(self) -> ValueSpeller:
        """Spells values in the same module."""
        return ValueSpeller(self.index, self.scope)

    def declare(
        self,
        name: str,
        fields: tuple[Field, ...],
        description: str,
        nested_owner: str = "",
        examples: tuple[JsonValue, ...] = (),
    ) -> None:
        """Plan an object's class after those of its nested objects, which are named after `nested_owner`."""
        owner = nested_owner or name
        planned = tuple(self.field(field, inner_class(owner, field, name)) for field in fields)
        extra = f", json_schema_extra={{'examples': {list(examples)!r}}}" if examples else ""
        bases = f"{self.scope.library('surestep', self.base)}, frozen=True{extra}"
        self.classes.append(ClassPlan(name, bases, description, planned))

    def field(self, field: Field, owner: str) -> FieldPlan:
        """One field; `owner` is the class of an object nested in it."""
        name = attribute_name(field)
        annotation, default = self._presence(field, owner)
        if name != field.name:
            annotation = replace(annotation, arguments=(*annotation.arguments, ("alias", repr(field.name))))
        annotation = with_examples(annotation, field.examples)
        if field.sensitive or self.index.mentions_sensitive(field.type):
            mark = f"{self.scope.library(_WIRE, 'Sensitive')}()"
            annotation = replace(
                annotation, arguments=(*annotation.arguments, ("repr", "False")), marks=(*annotation.marks, mark)
            )
        spelled = self.quote_circular(annotation.spell(self.scope), field.type)
        return FieldPlan(name, spelled, default, _describe(field))

    def _presence(self, field: Field, owner: str) -> tuple[Annotation, str | None]:
        """What a field's presence makes of its type, and its default."""
        if not isinstance(field.default, NoDefault):
            default = self._default(self.values.value(field.default, field.type, owner))
            return self.annotation(field.type, owner), default
        if not field.optional:
            return self.annotation(field.type, owner), None
        inner = field.type.of if isinstance(field.type, Nullable) else field.type
        spelled = self.annotation(inner, owner).spell(self.scope)
        if self.index.accepts_null(field.type):
            kind, absent = self.scope.library(_ABSENCE, "Absentable"), self.scope.library(_ABSENCE, "ABSENT")
        else:
            kind, absent = self.scope.library(_ABSENCE, "Omittable"), "None"
        return Annotation(f"{kind}[{spelled}]"), absent

    def _default(self, value: str) -> str:
        if value.startswith(("[", "{")):  # mypy cannot tell the types of items from where a factory's result goes
            value = f"{self.scope.library('typing', 'cast')}({self.scope.library('typing', 'Any')}, {value})"
        elif ".model_validate(" not in value:
            return value
        return f"{self.scope.library('pydantic', 'Field')}(default_factory=lambda: {value})"

    def quote_circular(self, spelled: str, data_type: DataType) -> str:
        """The annotation as text where it mentions a type of this module, which may be defined further down."""
        return repr(spelled) if any(name in self.circle for name in named_in(data_type)) else spelled

    def annotation(self, data_type: DataType, owner: str) -> Annotation:
        """The annotation of a type."""
        match data_type:
            case Scalar(kind, constraints):
                return self._scalar(kind, constraints)
            case Nullable(of):
                return Annotation(f"{self.annotation(of, owner).spell(self.scope)} | None")
            case UnionOf(members):
                joined = " | ".join(self.annotation(member, owner).spell(self.scope) for member in members)
                return Annotation(joined, (("union_mode", "'left_to_right'"),))
            case ListOf(items, constraints):
                text = f"{self.scope.library(_WIRE, 'ListOf')}[{self.annotation(items, owner).spell(self.scope)}]"
                marks = (self.scope.library(_BOUNDS, "UNIQUE_ITEMS"),) if constraints.unique_items else ()
                return Annotation(text, self.values.constraints(constraints, None), marks)
            case MapOf(values, constraints):
                text = f"{self.scope.library(_WIRE, 'MapOf')}[{self.annotation(values, owner).spell(self.scope)}]"
                return Annotation(text, self.values.constraints(constraints, None))
            case EnumOf(literals):
                return self.literals(literals)
            case ObjectOf(fields):
                self.declare(owner, fields, "")
                return Annotation(owner)
            case Named(name):
                return Annotation(self.scope.reference(self.index.type(name)))

    def literals(self, values: tuple[str, ...] | tuple[int, ...] | tuple[float, ...]) -> Annotation:
        """An enum without a name; Python has no `Literal` of numbers with a fraction."""
        if any(isinstance(value, float) for value in values):
            listed = ", ".join(repr(float(value)) for value in values)
            comma = "," if len(values) == 1 else ""
            mark = f"{self.scope.library(_BOUNDS, 'OneOf')}(({listed}{comma}))"
            return Annotation(self.scope.library(_WIRE, "Number"), marks=(mark,))
        text = f"{self.scope.library('typing', 'Literal')}[{', '.join(map(repr, values))}]"
        is_text = isinstance(values[0], str)
        return Annotation(text, marks=() if is_text else (self.scope.library(_BOUNDS, "EXACT_INTEGER"),))

    def _scalar(self, kind: ScalarKind, constraints: Constraints) -> Annotation:
        if kind is ScalarKind.NULL:
            return Annotation("None")
        arguments = self.values.constraints(constraints, kind)
        name = self.scope.library(_WIRE, _SCALARS[kind])
        if kind is ScalarKind.TIME and arguments:
            given = ", ".join(f"{bound}={value}" for bound, value in arguments)
            return Annotation(name, marks=(f"{self.scope.library(_BOUNDS, 'ClockBounds')}({given})",))
        if kind is ScalarKind.DECIMAL and constraints.multiple_of is not None:
            step = f"{self.scope.library(_BOUNDS, 'MultipleOf')}({dict(arguments)['multiple_of']})"
            others = tuple(argument for argument in arguments if argument[0] != "multiple_of")
            return Annotation(name, others, (step,))
        return Annotation(name, arguments)


def with_examples(annotation: Annotation, examples: tuple[JsonValue, ...]) -> Annotation:
    """The annotation with examples for samples."""
    if not examples:
        return annotation
    return replace(annotation, arguments=(*annotation.arguments, ("examples", repr(list(examples)))))


def _describe(field: Field) -> str:
    return f"{field.description}\n\nDeprecated.".strip() if field.deprecated else field.description
