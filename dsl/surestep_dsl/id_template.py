"""Templates of event ids: `invoice-paid-{invoiceId}`; `{{` and `}}` stand for braces."""

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["TemplateField", "TemplateProblem", "literal_text", "parse_id_template"]

_PART: Final = re.compile(r"\{\{|\}\}|\{(?P<path>[^{}]*)\}|(?P<brace>[{}])|[^{}]+")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A path into the event's data; `start` and `end` count the template's characters, braces included."""

    path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template, and where."""

    message: str
    start: int
    end: int


def parse_id_template(template: str) -> tuple[str | TemplateField, ...] | TemplateProblem:
    """The parts of a template: literal texts with braces unescaped, and fields."""
    parts: list[str | TemplateField] = []
    for match in _PART.finditer(template):
        start, end = match.span()
        if match["brace"]:
            return TemplateProblem(f"a lone `{match[0]}`: write `{match[0] * 2}` for the character", start, end)
        if match["path"] is None:
            parts.append({"{{": "{", "}}": "}"}.get(match[0], match[0]))
            continue
        path = tuple(match["path"].split("."))
        if not all(path):
            return TemplateProblem(f"`{match[0]}` names no field of data", start, end)
        parts.append(TemplateField(path, start, end))
    return tuple(parts)


def literal_text(parts: tuple[str | TemplateField, ...]) -> str:
    """The literal text of a template, without its fields."""
    return "".join(part for part in parts if isinstance(part, str))
