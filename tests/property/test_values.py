"""Whatever a typed result is, it comes back equal and of the same types, or is refused; it is never changed."""

import json
import types
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import given, settings, strategies as st
from pydantic import BaseModel
from tests.conftest import enough

from surestep.core.sameness import is_same
from surestep.core.values import codec_of_type
from surestep.errors import StepResultError


class Size(StrEnum):
    S = "s"
    L = "l"


class Color(Enum):
    RED = 1
    BLUE = "blue"


class Point(NamedTuple):
    x: int
    at: datetime


@dataclass(frozen=True)
class Parcel:
    weight: Decimal
    size: Size | None


class Receipt(BaseModel):
    id: UUID
    parcels: list[Parcel]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
PARCELS = st.builds(Parcel, st.decimals(allow_nan=False, allow_infinity=False), st.none() | st.sampled_from(Size))
INSTANTS = st.datetimes(timezones=st.just(UTC) | st.none())
Pair = tuple[Any, st.SearchStrategy[Any]]

SCALARS: list[Pair] = [
    (type(None), st.none()),
    (bool, st.booleans()),
    (int, st.integers()),
    (float, st.floats()),
    (str, TEXTS),
    (bytes, st.binary(max_size=5)),
    (datetime, INSTANTS),
    (date, st.dates()),
    (time, st.times()),
    (timedelta, st.timedeltas(timedelta(days=-9_999), timedelta(days=9_999))),
    (Decimal, st.decimals(allow_nan=False, allow_infinity=False)),
    (UUID, st.uuids()),
    (Size, st.sampled_from(Size)),
    (Color, st.sampled_from(Color)),
    (Point, st.builds(Point, st.integers(), INSTANTS)),
    (Parcel, PARCELS),
    (Receipt, st.builds(Receipt, id=st.uuids(), parcels=st.lists(PARCELS, max_size=2))),
]
HASHABLE = [pair for pair in SCALARS if pair[0] not in {Receipt, float}]


def _list_of(pair: Pair) -> Pair:
    return types.GenericAlias(list, pair[0]), st.lists(pair[1], max_size=3)


def _optional(pair: Pair) -> Pair:
    return pair[0] | None, st.none() | pair[1]


def _dict_of(pair: Pair) -> Pair:
    return types.GenericAlias(dict, (str, pair[0])), st.dictionaries(TEXTS, pair[1], max_size=3)


def _tuple_of(first: Pair, second: Pair) -> Pair:
    return types.GenericAlias(tuple, (first[0], second[0])), st.tuples(first[1], second[1])


def _frozenset_of(pair: Pair) -> Pair:
    return types.GenericAlias(frozenset, pair[0]), st.frozensets(pair[1], max_size=3)


def _containers(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    hashable = st.sampled_from(HASHABLE)
    return st.one_of(
        st.builds(_list_of, inner),
        st.builds(_optional, inner),
        st.builds(_dict_of, inner),
        st.builds(_tuple_of, inner, inner),
        st.builds(_frozenset_of, hashable),
    )


TYPES: st.SearchStrategy[Pair] = st.recursive(st.sampled_from(SCALARS), _containers, max_leaves=4)


@given(st.data())
@settings(max_examples=enough(300), deadline=None)
def test_a_value_of_its_declared_type_survives(data: st.DataObject) -> None:
    annotation, values = data.draw(TYPES)
    value = data.draw(values)
    codec = codec_of_type(annotation)

    encoded = codec.encode(value, "it")

    json.loads(encoded)
    assert is_same(value, codec.decode(encoded))


@given(st.data())
@settings(max_examples=enough(300), deadline=None)
def test_a_value_of_no_declared_type_survives_or_is_refused(data: st.DataObject) -> None:
    _, values = data.draw(TYPES)
    value = data.draw(values)
    codec = codec_of_type(Any)
    try:
        encoded = codec.encode(value, "it")
    except StepResultError:
        return
    assert is_same(value, codec.decode(encoded))
    assert is_same(value, json.loads(encoded))
