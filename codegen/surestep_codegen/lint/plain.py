"""Tells by the text alone of modules that only compute: nothing they use, by name or by type, can have an effect.

Who asks for effects only need not parse them. A module that is not plainly so counts as one that is not.
"""

import re
from typing import Final

from surestep_dsl.effects import EFFECTS

__all__ = ["PLAIN_MODULES", "PLAIN_NAMES", "is_plain"]

_MODULES: Final = """
__future__ abc base64 bisect collections collections.abc copy dataclasses decimal enum fractions functools hashlib heapq
hmac html itertools json math numbers operator re string textwrap types unicodedata urllib.parse
"""
PLAIN_MODULES: Final = frozenset(_MODULES.split())
"""Modules of the standard library in which nothing has an effect, or gives what has one; beside those of types."""

_NAMES: Final = """
datetime.UTC datetime.timedelta datetime.timezone pathlib.PurePath pathlib.PurePosixPath uuid.UUID
pydantic.BaseModel pydantic.ConfigDict pydantic.Field pydantic.field_validator pydantic.model_validator
"""
PLAIN_NAMES: Final = frozenset(_NAMES.split())
"""The same of single names."""

_TYPES: Final = frozenset({"typing", "typing_extensions"})
_IMPORT: Final = re.compile(r"^(?:from ([\w.]+) )?import (?:\(([\w\s,]+)\)|([\w ,]+))$", re.MULTILINE)
_NAME: Final = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_TELLING: Final = frozenset({"await", "step", "eval", "exec", "__import__", "__builtins__"}) | {
    name for name in EFFECTS if "." not in name
}
"""Names in a module that makes steps, waits, or has an effect without importing anything."""

_UNCLEAR: Final = re.compile(r"Step\b|surestep:|\\\n")
"""What may be the type of `step`, a comment for the lint, or half an import."""


def is_plain(content: bytes, package: str) -> bool:
    """Whether a module only computes: it imports what only computes, and events of the generated package."""
    if b"async" in content or not content.isascii():
        return False
    text = content.decode()
    imports = _IMPORT.findall(text)
    are_plain = (_is_plain_import(module, several or one, package) for module, several, one in imports)
    if _UNCLEAR.search(text) or not all(are_plain):
        return False
    names = _NAME.findall(text)
    return len(imports) == names.count("import") and _TELLING.isdisjoint(names)


def _is_plain_import(module: str, names: str, package: str) -> bool:
    imported = [name.split()[0] for name in names.split(",") if name.strip()]
    if not module:
        return PLAIN_MODULES.issuperset(imported)
    if module in PLAIN_MODULES or module in _TYPES or (package and f"{module}.".startswith(f"{package}.events.")):
        return True
    return PLAIN_NAMES.issuperset(f"{module}.{name}" for name in imported)
