"""What strategies can make: each kind of value that a class accepts, found by searching for one."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from hypothesis import Phase, find, settings
from pydantic import Field

from surestep import Data, Event, ExternalData
from surestep.authoring.absence import ABSENT, Absentable, Omittable
from surestep.authoring.wire import Datetime, DecimalText, Email, Integer, ListOf, Number, String, Time, Url
from surestep.testing import strategies


class Scalars(Data, frozen=True):
    count: Integer
    share: Annotated[Number, Field(ge=0, le=1)]
    price: DecimalText
    at: Datetime
    clock: Time


class Texts(Data, frozen=True):
    home: Url
    email: Email
    code: Annotated[String, Field(pattern=r"\d{3}")]
    word: String


class Tree(ExternalData, frozen=True):
    children: "ListOf[Tree]"
    note: Omittable[String] = None
    hint: Absentable[String] = ABSENT


class Happened(Event, frozen=True):
    name: Literal["any/happened"] = "any/happened"
    data: Tree


SEARCH = settings(max_examples=20_000, database=None, phases=[Phase.generate])
"""Any example will do; making it small takes long."""

SCALARS: list[Callable[[Scalars], object]] = [
    lambda data: data.count == 2**63 - 1,
    lambda data: data.count == -(2**63),
    lambda data: data.share == 0,
    lambda data: data.share == 1,
    lambda data: 0 < data.share < 0.1,
    lambda data: data.price != data.price.to_integral_value(),
    lambda data: abs(data.price) > Decimal(10) ** 100,
    lambda data: data.at.utcoffset() != timedelta(0),
    lambda data: data.at.microsecond != 0,
    lambda data: data.clock.tzinfo is None,
    lambda data: data.clock.tzinfo is not None,
]
TEXTS: list[Callable[[Texts], object]] = [
    lambda data: any(ord(char) > 0xFFFF for char in data.word),
    lambda data: not data.word,
    lambda data: len(data.code) > 3,
    lambda data: not data.code.isascii(),
    lambda data: not data.home.startswith("http"),
    lambda data: len(data.email) > 8,
]
TREES: list[Callable[[Tree], object]] = [
    lambda data: data.note is None,
    lambda data: data.note == "",
    lambda data: data.hint is ABSENT,
    lambda data: data.hint is None,
    lambda data: data.hint == "",
    lambda data: data.children and data.children[0].children,
    lambda data: data.model_extra,
]


@pytest.mark.parametrize("is_wanted", SCALARS)
def test_each_kind_of_scalar_can_come(is_wanted: Callable[[Scalars], object]) -> None:
    assert is_wanted(find(strategies.data(Scalars), lambda data: bool(is_wanted(data)), settings=SEARCH))


@pytest.mark.parametrize("is_wanted", TEXTS)
def test_each_kind_of_text_can_come(is_wanted: Callable[[Texts], object]) -> None:
    assert is_wanted(find(strategies.data(Texts), lambda data: bool(is_wanted(data)), settings=SEARCH))


@pytest.mark.parametrize("is_wanted", TREES)
def test_absence_null_depth_and_unknown_fields_can_come(is_wanted: Callable[[Tree], object]) -> None:
    assert is_wanted(find(strategies.data(Tree), lambda data: bool(is_wanted(data)), settings=SEARCH))


@pytest.mark.parametrize("is_wanted", [lambda event: event.id, lambda event: event.ts < 0, lambda event: not event.v])
def test_an_event_has_any_envelope(is_wanted: Callable[[Event], bool]) -> None:
    assert is_wanted(find(strategies.event(Happened), is_wanted, settings=SEARCH))


def test_without_hypothesis_the_error_says_what_to_install() -> None:
    program = """\
import sys
sys.modules["hypothesis"] = None
from surestep import ConfigurationError
try:
    import surestep.testing.strategies
except ConfigurationError as error:
    print(error, "|", error.hint)
"""
    program = program.replace("from surestep import C", "from surestep.errors import C")
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "surestep.testing.strategies needs hypothesis | pip install hypothesis\n"
