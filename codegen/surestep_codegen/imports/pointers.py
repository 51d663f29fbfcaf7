"""JSON pointers and references within one document. Nothing outside of the document is ever read."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from surestep_codegen.imports.problem import ImportProblemError
from surestep_dsl.datatypes import JsonValue

__all__ = ["References", "below", "last_token"]

_INDEX: Final = re.compile("0|[1-9][0-9]{0,8}")


def below(pointer: str, *tokens: str | int) -> str:
    """The pointer to something inside of `pointer`."""
    return "/".join([pointer, *(str(token).replace("~", "~0").replace("/", "~1") for token in tokens)])


def last_token(pointer: str) -> str:
    """The last key of a pointer."""
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


@dataclass(frozen=True, slots=True)
class References:
    """Looks references up in a document.

    Attributes:
        uses: how often each reference is written, as it is spelt.
    """

    document: dict[str, JsonValue]
    uses: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        pending: list[JsonValue] = [self.document]
        while pending:
            value = pending.pop()
            if isinstance(value, dict):
                pending.extend(value.values())
                self.uses[str(value.get("$ref", ""))] += 1
            elif isinstance(value, list):
                pending.extend(value)

    def pointer(self, reference: JsonValue, at: str) -> str:
        """The pointer that a `$ref` stands for, in one spelling.

        Raises:
            ImportProblemError: it leads out of the document.
        """
        if not isinstance(reference, str):
            raise ImportProblemError("`$ref` must be a text", at)
        base = self.document.get("$id")
        local = reference.removeprefix(base.rstrip("#")) if isinstance(base, str) else reference
        if not local.startswith("#"):
            hint = "nothing is fetched: bundle the catalogue into one file first"
            raise ImportProblemError(f"`{reference[:80]}` leads out of the file", at, hint)
        if local != "#" and not local.startswith("#/"):
            raise ImportProblemError(f"`{reference[:80]}` is no JSON pointer", at, "write #/$defs/Name")
        tokens = [part.replace("~1", "/").replace("~0", "~") for part in unquote(local[1:]).split("/")[1:]]
        return below("#", *tokens)

    def find(self, pointer: str, at: str) -> JsonValue:
        """The value that a pointer leads to; `at` is where it is used."""
        value: JsonValue = self.document
        for part in pointer.split("/")[1:]:
            token = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and token in value:
                value = value[token]
            elif isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
                value = value[int(token)]
            else:
                raise ImportProblemError(f"there is no `{pointer[:80]}` in the file", at)
        return value

    def follow(self, value: JsonValue, at: str) -> tuple[dict[str, JsonValue], str]:
        """An object behind any number of references, and where it stands."""
        seen = set[str]()
        while isinstance(value, dict) and "$ref" in value:
            at = self.pointer(value["$ref"], at)
            if at in seen:
                raise ImportProblemError("references lead in a circle", at)
            seen.add(at)
            value = self.find(at, at)
        if not isinstance(value, dict):
            raise ImportProblemError("an object is wanted here", at)
        return value, at
