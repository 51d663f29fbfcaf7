"""JSDoc: descriptions that can neither end the comment nor become a tag, and what types cannot say as tags."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from surestep_dsl.datatypes import JsonValue

__all__ = ["Tag", "render_comment", "spell_json"]

_TAG: Final = re.compile(r"(^|(?<=\s))@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Tag:
    """`@name text`; where `inside` says so, it is about the parts of the value, and a sentence instead of a tag."""

    name: str
    text: str = ""
    inside: tuple[str, ...] = ()


def render_comment(description: str, tags: Iterable[Tag], margin: str) -> str:
    """The comment with its line end, or nothing where nothing is to be said."""
    found = list(tags)
    lines = [_TAG.sub(r"\\@", line) for line in _plain(description.strip()).split("\n")] if description.strip() else []
    lines += [f"{', '.join(tag.inside).capitalize()}: {tag.name} {_line(tag.text)}." for tag in found if tag.inside]
    lines += [f"@{tag.name} {_line(tag.text)}".rstrip() for tag in found if not tag.inside]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{margin}/** {lines[0]} */\n"
    body = "".join(f"{margin} * {line}".rstrip() + "\n" for line in lines)
    return f"{margin}/**\n{body}{margin} */\n"


def spell_json(value: JsonValue) -> str:
    """A literal of JavaScript; characters that nobody can see are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def _line(text: str) -> str:
    return " ".join(_plain(text).split("\n"))


def _plain(text: str) -> str:
    """Text of a comment: printable, and without the characters that end it."""
    shown = "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode()
        for char in text.replace("\t", "    ")
    )
    return shown.replace("*/", r"*\/")
