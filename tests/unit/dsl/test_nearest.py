from collections.abc import Sequence
from difflib import get_close_matches

import pytest

from surestep_dsl.nearest import did_you_mean, limited_guesses, nearest

CROWD = [f"shop/order{number}.created" for number in range(2_000)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("amuont", "amount"),
        ("CustomerId", "customer_id"),
        ("ordre-id", "order_id"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_found(name: str, found: str | None) -> None:
    assert nearest(name, ["amount", "customer_id", "order_id", "paid_at"]) == found


def test_the_nearest_of_very_many_shares_the_rarest_letters() -> None:
    assert nearest("shop/ordr1234.created", CROWD) == "shop/order1234.created"
    assert nearest("shop/paymnet.failed", [*CROWD, "shop/payment.failed"]) == "shop/payment.failed"
    assert nearest("billing-xyz", CROWD) is None


def test_the_order_of_the_names_does_not_matter() -> None:
    assert nearest("ab", ["abc", "abd"]) == nearest("ab", ["abd", "abc"]) == "abd"


def test_a_hint_falls_back_on_another_one() -> None:
    assert did_you_mean("amuont", ["amount"]) == "did you mean `amount`?"
    assert did_you_mean("zzz", ["amount"], "see the docs") == "see the docs"


def test_names_beyond_any_use_are_not_guessed_at() -> None:
    assert nearest("a" * 100, ["a" * 100 + "b"]) is None
    assert nearest("ab", [f"ab{number}" for number in range(20_000)]) is None


def test_the_guesses_of_a_load_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = list[int]()

    def find(name: str, likely: Sequence[str], n: int, cutoff: float) -> list[str]:
        compared.append(len(likely))
        return get_close_matches(name, likely, n, cutoff)

    monkeypatch.setattr("surestep_dsl.nearest.get_close_matches", find)
    with limited_guesses(100):
        guesses = [nearest(f"shop/ordr{number}.created", CROWD) for number in range(200)]

    assert guesses[99] == "shop/order99.created"
    assert set(guesses[100:]) == {None}
    assert len(compared) == 100
    assert max(compared) <= 20
    assert nearest("shop/ordr7.created", CROWD) == "shop/order7.created"
