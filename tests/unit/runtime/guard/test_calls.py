"""Some calls count only without arguments; and what a call leads to is watched, too."""

# ruff: noqa: PLW0108 -- the call of a name is what is looked at

import random
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pydantic
import pytest
from tests.unit.runtime.guard.conftest import watch

NOTHING: tuple[float, ...] = ()
MANY = ", ".join("0" for _ in range(256))


@pytest.mark.parametrize(
    "act",
    [
        lambda: time.gmtime(),
        lambda: time.localtime(),
        lambda: time.ctime(),
        lambda: time.strftime("%Y"),
        lambda: random.Random(),
    ],
)
def test_a_call_without_the_argument_reads_the_world(act: Callable[[], object]) -> None:
    assert watch(act) != ""


@pytest.mark.parametrize(
    "act",
    [
        lambda: time.gmtime(0),
        lambda: time.strftime("%Y", time.gmtime(0)),
        lambda: time.asctime(time.gmtime(0)),
        lambda: random.Random(4),
        lambda: random.Random(x=4),
    ][: 5 if sys.version_info >= (3, 12) else 4],
)
def test_a_call_with_the_argument_does_not(act: Callable[[], object]) -> None:
    assert watch(act) == ""


def test_what_cannot_be_counted_is_not_accused() -> None:
    assert watch(lambda: time.gmtime(*NOTHING)) == ""


def test_256_arguments_are_not_none() -> None:
    space: dict[str, Callable[[], object]] = {}
    exec(f"import random, time\ndef many():\n  try:\n    time.gmtime({MANY})\n  except TypeError:\n    pass", space)
    assert watch(lambda: space["many"]()) == ""


@dataclass
class Made:
    number: float = field(default_factory=time.time)


@dataclass
class MadeByOwnFunction:
    number: float = field(default_factory=lambda: time.time())


class Model(pydantic.BaseModel):
    number: float = pydantic.Field(default_factory=lambda: time.time())

    @pydantic.field_validator("number")
    @classmethod
    def check(cls, number: float) -> float:
        return number


class ValidatedByClock(pydantic.BaseModel):
    number: float

    @pydantic.field_validator("number")
    @classmethod
    def check(cls, number: float) -> float:
        return number + time.time()


@dataclass
class Identified:
    id: uuid.UUID = field(default_factory=uuid.uuid4)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda: Made(), "time.time (clock)"),
        (lambda: MadeByOwnFunction(), "time.time (clock)"),
        (lambda: Model(), "time.time (clock)"),
        (lambda: ValidatedByClock(number=1), "time.time (clock)"),
        (lambda: Identified(), "uuid.uuid4 (uuid)"),
    ],
)
def test_defaults_and_validators_are_followed(act: Callable[[], object], expected: str) -> None:
    assert watch(act) == expected


def test_values_that_are_given_need_no_default() -> None:
    assert watch(lambda: (Made(1), Identified(uuid.UUID(int=1)), Model(number=1))) == ""
