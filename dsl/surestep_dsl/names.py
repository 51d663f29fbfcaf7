"""Python names of everything a spec declares: pure functions of the name on the wire.

Nothing here looks at other names, so changing one declaration never renames another. Collisions are found by a check.
An empty result means that no name can be made.
"""

import hashlib
import keyword
import re
import unicodedata
from functools import lru_cache
from typing import Final

from surestep_dsl.limits import MAX_FILE_NAME_CHARACTERS, REMEMBERED_NAMES

__all__ = [
    "BASE_CLASS_NAMES",
    "class_name",
    "enum_member_name",
    "field_name",
    "is_dunder",
    "is_python_name",
    "module_name",
    "nested_class_name",
    "versioned_class_name",
]

_SOFT_KEYWORDS: Final = frozenset({"_", "case", "match", "type"})
"""Those of the newest supported Python, so that names do not depend on the version that generates."""

BASE_CLASS_NAMES: Final = frozenset(
    {
        "construct",
        "copy",
        "dict",
        "from_orm",
        "json",
        "model_computed_fields",
        "model_config",
        "model_construct",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_extra",
        "model_fields",
        "model_fields_set",
        "model_json_schema",
        "model_parametrized_name",
        "model_post_init",
        "model_rebuild",
        "model_validate",
        "model_validate_json",
        "model_validate_strings",
        "parse_file",
        "parse_obj",
        "parse_raw",
        "sample",
        "schema",
        "schema_json",
        "update_forward_refs",
        "validate",
    }
)
"""Attributes that pydantic's `BaseModel` has, and `sample` of ours; a field of that name would hide them."""

_SEPARATOR: Final = re.compile(r"[\W_]+")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_HASH_CHARACTERS: Final = 8


@lru_cache(maxsize=REMEMBERED_NAMES)
def class_name(name: str) -> str:
    """`billing/invoice.paid` is `BillingInvoicePaid`, `process-order` is `ProcessOrder`; a leading digit gets `F`."""
    words = _words(name)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return _identifier(f"F{joined}" if joined[:1].isdigit() else _after_keyword(joined))


def versioned_class_name(owner: str, version: str) -> str:
    """The class of an event's version that is not the current one: `BillingInvoicePaidV2023_06_01_1`."""
    return _identifier(f"{owner}V{'_'.join(_words(version))}") if owner else ""


def nested_class_name(owner: str, *fields: str) -> str:
    """The class of a nested object: the owner's class and the path of field names."""
    return _identifier(owner + "".join(word[0].upper() + word[1:] for field in fields for word in _words(field)))


@lru_cache(maxsize=REMEMBERED_NAMES)
def module_name(name: str) -> str:
    """`billing/invoice.paid` is `billing_invoice_paid`; long names are cut and end in a hash of the whole name."""
    stem = _after_keyword(_snake(name))
    if len(stem) <= MAX_FILE_NAME_CHARACTERS:
        return stem
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_CHARACTERS]
    return f"{stem[: MAX_FILE_NAME_CHARACTERS - _HASH_CHARACTERS - 1]}_{digest}"


def field_name(name: str) -> str:
    """`paidAt` is `paid_at`; `class`, `type` and `copy` get a trailing `_`; `_id` and `3d` get a leading `f_`."""
    stem = _snake(name)
    return f"f_{stem}" if name.startswith("_") and stem and not stem.startswith("f_") else _after_keyword(stem)


def enum_member_name(value: str | float) -> str:
    """`usd` is `USD`, `404` is `VALUE_404`, `-1.5` is `VALUE_MINUS_1_5`."""
    text = str(value).replace("-", "minus_", 1) if not isinstance(value, str) and value < 0 else str(value)
    words = [part for word in _words(text) for part in _HUMP.split(word)]
    joined = "_".join(words).upper()
    if not joined:
        return ""
    return _identifier(joined if isinstance(value, str) and joined[0].isalpha() else f"VALUE_{joined}")


def is_python_name(text: str) -> bool:
    """Whether a user may choose this name with `python:`."""
    return text.isidentifier() and not keyword.iskeyword(text) and not text.startswith("_")


def is_dunder(name: str) -> bool:
    """Names such as `__class__`, which Python keeps for itself."""
    return name.startswith("__") and name.endswith("__")


@lru_cache(maxsize=REMEMBERED_NAMES)
def _words(name: str) -> tuple[str, ...]:
    """Parts between characters that no identifier has, in the form that Python compares identifiers in."""
    return tuple(word for word in _SEPARATOR.split(unicodedata.normalize("NFKC", name)) if word)


def _snake(name: str) -> str:
    snake = "_".join(part.lower() for word in _words(name) for part in _HUMP.split(word))
    return _identifier(f"f_{snake}" if snake[:1].isdigit() else snake)


def _after_keyword(name: str) -> str:
    reserved = keyword.iskeyword(name) or name in _SOFT_KEYWORDS or name in BASE_CLASS_NAMES
    return f"{name}_" if reserved else name


def _identifier(name: str) -> str:
    return name if name.isidentifier() else ""
