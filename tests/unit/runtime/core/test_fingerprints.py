import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from pydantic import BaseModel

from surestep.core.values import fingerprint_of


class Model(BaseModel):
    x: int = 1


@dataclass
class Plain:
    x: int = 1


class Kind(StrEnum):
    A = "a"


class Stranger: ...


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2, 3}, {3, 2, 1}),
        (Model(), Model(x=1)),
        (Plain(), Plain(1)),
        (Stranger(), Stranger()),
        (Kind.A, Kind.A),
        ([1, (2, 3)], [1, [2, 3]]),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (Decimal("1.0"), Decimal("1.0")),
        (UUID(int=1), UUID(int=1)),
        (float("nan"), float("nan")),
        (fingerprint_of, fingerprint_of),
    ],
)
def test_equal_arguments_have_equal_fingerprints(one: object, other: object) -> None:
    assert fingerprint_of((one,)) == fingerprint_of((other,))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), (1, "1"), (b"a", "a"), ({1}, {2}), (Model(), Model(x=2)), (Plain(), Model()), ([1], [1, None]), ("", 0)],
)
def test_different_arguments_have_different_fingerprints(one: object, other: object) -> None:
    assert fingerprint_of((one,)) != fingerprint_of((other,))


def test_no_arguments_cost_nothing() -> None:
    assert fingerprint_of((), {}) == ""


def test_an_iterator_is_not_read() -> None:
    numbers = iter([1, 2, 3])
    fingerprint_of((numbers,))
    assert list(numbers) == [1, 2, 3]


def test_a_fingerprint_is_the_same_in_another_process_with_another_hash_seed() -> None:
    code = (
        "from surestep.core.values import fingerprint_of; print(fingerprint_of(({'b', 'a', 'c'}, {'x': {1.5, 'y'}})))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert seen == {fingerprint_of(({"b", "a", "c"}, {"x": {1.5, "y"}})) + "\n"}
