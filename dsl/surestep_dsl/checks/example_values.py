"""Defaults and examples must be values of their types."""

from collections.abc import Iterator
from typing import Final

from surestep_dsl.accept import find_refusal, find_refusal_of_fields
from surestep_dsl.checks.view import Check, View
from surestep_dsl.datatypes import AliasDef, JsonValue, Named, NoDefault, ObjectDef
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Path

__all__ = ["CHECK"]


def find_refused_values(view: View) -> Iterator[Diagnostic]:
    """A default or an example must be accepted by the type it stands at, constraints included.

    Plain texts are read with the type in mind: `default: no` is the text "no" for a string or an enum of texts.
    """
    types = view.project.types
    for path, field in view.fields:
        if not isinstance(field.default, NoDefault) and (refusal := find_refusal(field.default, field.type, types)):
            yield view.find("T105", f"the default is refused: {refusal}", (*path, "default"), value=True)
        yield from _examples(view, path, [find_refusal(value, field.type, types) for value in field.examples])
    for name, definition in types.items():
        if isinstance(definition, ObjectDef | AliasDef):
            values: tuple[JsonValue, ...] = definition.examples
            yield from _examples(view, ("types", name), [find_refusal(value, Named(name), types) for value in values])
    for name, event in view.project.events.items():
        fields = view.project.fields_of(event.fields, event.data_type)
        refusals = [find_refusal_of_fields(value, fields, types) for value in event.examples]
        yield from _examples(view, ("events", name), refusals)


def _examples(view: View, path: Path, refusals: list[str | None]) -> Iterator[Diagnostic]:
    for at, refusal in enumerate(refusals):
        if refusal:
            yield view.find("T106", f"the example is refused: {refusal}", (*path, "examples", at))


CHECK: Final = Check(
    codes=("T105", "T106"),
    find=find_refused_values,
    valid=(
        "types: {A: {fields: {a: {type: string, default: no}, b: {type: 'enum[on, off]', default: on}}}}",
        "types: {A: {fields: {a: {type: decimal, default: 1.10}, b: {type: 'string?', default: null}}}}",
        "types: {A: {fields: {a: {type: duration, default: 1h30m}, b: {type: date, default: 2024-01-01}}}}",
        "types: {A: {fields: {a: {type: 'list[integer]', default: [], examples: [[1, 2]]}}}}",
        "events: {shop/order.created: {data: {n: integer, m?: string}, examples: [{n: 1}, {n: 2, m: 3}]}}",
    ),
    invalid=(
        ("types: {A: {fields: {a: {type: integer, default: x}}}}", "T105"),
        ("types: {A: {fields: {a: {type: integer, min: 1, default: 0}}}}", "T105"),
        ("types: {A: {fields: {a: {type: integer, default: 9223372036854775808}}}}", "T105"),
        ("types: {A: {fields: {a: {type: 'enum[on, off]', default: yes}}}}", "T105"),
        ("types: {A: {fields: {a: {type: string, default: [x]}}}}", "T105"),
        ("types: {A: {fields: {a: {type: datetime, default: 2024-01-01T00:00:00}}}}", "T105"),
        ("types: {A: {fields: {a: {type: string, max_length: 2, examples: [abc]}}}}", "T106"),
        ("types: {Name: {type: string, pattern: '^a', examples: [ab, ba]}}", "T106"),
        ("events: {shop/order.created: {data: {n: integer}, examples: [{}]}}", "T106"),
        ("events: {shop/order.created: {data: {n: integer}, examples: [{n: 1, m: 2}]}}", "T106"),
    ),
)
