"""Deduplication ids made from a template such as `invoice-paid-{invoiceId}`.

A field is put in as it is spelt on the wire, a number without a fraction as a whole number: which of two spellings of
one JSON number a sender used makes no difference. Whether a template is sensible is checked with the specs.
"""

import functools

from pydantic import BaseModel

from surestep_dsl.id_template import TemplateField, parse_id_template
from surestep_dsl.limits import MAX_EVENT_ID_CHARACTERS

__all__ = ["fill_id_template"]


def fill_id_template(template: str, data: BaseModel) -> str:
    """The id of an event with this payload.

    Raises:
        ValueError: the id would be empty or longer than 255 characters.
    """
    text = "".join(part if isinstance(part, str) else _wire_text(data, part.path) for part in _parse(template))
    if not 0 < len(text) <= MAX_EVENT_ID_CHARACTERS:
        raise ValueError(f"the id made from {template!r} has {len(text)} characters, allowed are 1 to 255")
    return text


@functools.lru_cache(maxsize=4096)
def _parse(template: str) -> tuple[str | TemplateField, ...]:
    parts = parse_id_template(template)
    if isinstance(parts, tuple):
        return parts
    raise ValueError(f"the id template {template!r} is faulty: {parts.message}")


@functools.lru_cache(maxsize=4096)
def _attribute(model: type[BaseModel], wire_name: str) -> str:
    return next(name for name, field in model.model_fields.items() if (field.alias or name) == wire_name)


def _wire_text(data: BaseModel, path: tuple[str, ...]) -> str:
    owner = data
    for wire_name in path[:-1]:
        owner = getattr(owner, _attribute(type(owner), wire_name))
    name = _attribute(type(owner), path[-1])
    value = owner.model_dump(mode="json", by_alias=True, include={name})[path[-1]]
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
