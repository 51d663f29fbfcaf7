"""How a field that was left out is told from one that is null.

Two annotations for fields of generated classes. Both leave the field out of the wire again, so that dumping what was
read gives the same JSON.
"""

from enum import Enum
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, Union, get_args

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

__all__ = ["ABSENT", "Absent", "Absentable", "Omittable"]

T = TypeVar("T")


class Absent(Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    @override
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT
"""The value of a field that was left out, where null means something else."""


def _refuse_wire_null(value: object, info: ValidationInfo) -> object:
    if value is None and info.mode == "json":
        raise PydanticCustomError("surestep_null", "Input should be left out rather than null")
    return value


def _is_none(value: object) -> bool:
    return value is None


def _is_absent(value: object) -> bool:
    return value is ABSENT


class _KeepAbsent:
    """Lets `ABSENT` pass from Python, and nothing stand for it on the wire."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        members = tuple(member for member in get_args(source) if member != Literal[Absent.ABSENT])
        inner = handler.generate_schema(Union[members])  # noqa: UP007 -- made of a tuple
        python = core_schema.no_info_wrap_validator_function(
            lambda value, check: value if value is ABSENT else check(value), inner
        )
        return core_schema.json_or_python_schema(json_schema=inner, python_schema=python)


Omittable: TypeAlias = Annotated[T | None, BeforeValidator(_refuse_wire_null), Field(exclude_if=_is_none)]
"""A field that may be left out and is never null on the wire; None in Python means left out."""

Absentable: TypeAlias = Annotated[T | None | Literal[Absent.ABSENT], _KeepAbsent(), Field(exclude_if=_is_absent)]
"""A field that may be left out, and may be null, which is something else."""
