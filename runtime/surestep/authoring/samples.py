"""Valid objects of generated classes, made up: for tests and for trying things out.

The same class gives the same sample every time. Which values, is decided in `surestep_dsl.samples`; here, what an
override does: it stands in place of a field, and a mapping in place of an object overrides fields in there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from pydantic import BaseModel, JsonValue

from surestep.authoring.samples_types import ReadTypes
from surestep_dsl.datatypes import AliasDef, DataType, Field, ListOf, MapOf, Named, Nullable, ObjectDef
from surestep_dsl.samples.values import NoSampleError, SampleValues

__all__ = ["NoSampleError", "make_sample", "make_sample_value"]

ModelT = TypeVar("ModelT", bound=BaseModel)


def make_sample(model: type[ModelT], overrides: Mapping[str, object]) -> ModelT:
    """A sample of a class; `overrides` are by Python name.

    Raises:
        TypeError: there is no such field, or one whose value cannot be made up.
        ValidationError: the class refuses an override.
    """
    known = ReadTypes()
    root = known.read_class(model)
    return model.model_validate(_Overriding(known).replaced(root, None, overrides))


def make_sample_value(annotation: object, name: str) -> JsonValue:
    """A sample of a field's type as JSON; `name` is what texts are made of.

    Raises:
        NoSampleError: none can be made up.
        TypeError: no spec has this type.
    """
    known = ReadTypes()
    data_type = known.read_type(annotation)
    return SampleValues(known.types).first(data_type, name)


@dataclass(frozen=True, slots=True)
class _Overriding:
    """Puts values of the caller in place of made up ones."""

    known: ReadTypes

    def replaced(self, named: Named, given: object, overrides: Mapping[str, object]) -> dict[str, object]:
        """`given`, or a sample, with overrides; its keys are wire names."""
        definition = self.known.types[named.name]
        fields = {str(found.python): found for found in cast("ObjectDef", definition).fields}
        if unknown := overrides.keys() - fields.keys():
            class_name = named.name.rpartition(".")[2]
            raise TypeError(f"{class_name} has no field {min(unknown)!r}; there are {', '.join(fields)}")
        begun = given if isinstance(given, dict) else self._begin(named, fields, overrides)
        values = {
            found.name: self._value(found.type, begun.get(found.name), overrides[name])
            for name, found in fields.items()
            if name in overrides
        }
        return {**begun, **values}

    def _begin(self, named: Named, fields: Mapping[str, Field], overrides: Mapping[str, object]) -> dict[str, object]:
        """An example, or each required field on its own, since those with overrides need no sample."""
        definition = cast("ObjectDef", self.known.types[named.name])
        if definition.examples:
            return cast("dict[str, object]", definition.examples[0])
        values = SampleValues(self.known.types, inside=(named.name,))
        begun: dict[str, object] = {}
        for name, found in fields.items():
            if found.optional and not found.examples:
                continue
            if found.optional:
                begun[found.name] = found.examples[0]
                continue
            try:
                if name not in overrides or isinstance(overrides[name], Mapping):
                    begun[found.name] = values.of_field(found)
            except NoSampleError as error:
                place = f"{named.name.rpartition('.')[2]}.{name}"
                raise TypeError(
                    f"no sample of {place} ({error}); pass {name}=, or give an example in the spec"
                ) from None
        return begun

    def _value(self, data_type: DataType, begun: object, override: object) -> object:
        match data_type, override:
            case Nullable(of), _:
                return self._value(of, begun, override)
            case Named(name), _:
                match self.known.types[name]:
                    case ObjectDef() if isinstance(override, Mapping):
                        return self.replaced(data_type, begun, override)
                    case AliasDef(of=of):
                        return self._value(of, begun, override)
                    case _:
                        return override
            case ListOf(items), list():
                return [self._value(items, None, item) for item in override]
            case MapOf(values), dict():
                return {key: self._value(values, None, item) for key, item in override.items()}
            case _:
                return override
