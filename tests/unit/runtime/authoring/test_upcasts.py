"""Events of older versions, and the functions that lift them."""

from collections.abc import Callable
from typing import ClassVar, Literal

import pytest

from surestep.authoring.events import Data, Event
from surestep.authoring.registry import Registry
from surestep.authoring.upcasts import Upcast, Upcaster
from surestep.authoring.wire import Integer, Number, String
from surestep.errors import ConfigurationError, UpcastError
from surestep.testing import InlineRegistry

HERE = __name__


class PaidV1Data(Data, frozen=True):
    euros: String


class PaidV1(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: PaidV1Data
    v: Literal["1"] = "1"


class PaidV2Data(Data, frozen=True):
    euros: Number


class PaidV2(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: PaidV2Data
    v: Literal["2"] = "2"


class PaidData(Data, frozen=True):
    cents: Integer


class Paid(Event, frozen=True):
    name: Literal["order/paid"] = "order/paid"
    data: PaidData
    v: Literal["3"] = "3"
    id_template: ClassVar[str | None] = "paid-{cents}"


class Placed(Event, frozen=True):
    name: Literal["order/placed"] = "order/placed"
    data: PaidData


upcast_v2 = Upcast[PaidV2, PaidData](PaidV2, Paid)
upcast_v1 = Upcast[PaidV1, PaidV2Data](PaidV1, PaidV2)


@upcast_v2
def from_v2(event: PaidV2) -> PaidData:
    return PaidData(cents=int(event.data.euros * 100))


@upcast_v1
def from_v1(event: PaidV1) -> PaidV2Data:
    return PaidV2Data(euros=float(event.data.euros))


def plain(event: PaidV1) -> PaidV2Data:
    raise NotImplementedError


def registry(*upcasters: Upcaster) -> InlineRegistry:
    return InlineRegistry("shop", [Paid, Placed], [], upcasters or (from_v2, from_v1))


def references(first: str = "from_v1", module: str = HERE) -> Registry:
    """A registry as generated code makes it; `first` is the upcaster of version 1."""
    older = {"2": (f"{HERE}:upcast_v2", f"{HERE}:from_v2"), "1": (f"{HERE}:upcast_v1", f"{module}:{first}")}
    return Registry("shop", {"order/paid": f"{HERE}:Paid"}, versions={"order/paid": older})


def failing(upcaster: Callable[[PaidV1], PaidV2Data]) -> str:
    """What lifting says where the first upcaster fails."""
    with pytest.raises(UpcastError) as raised:
        registry(from_v2, upcast_v1(upcaster)).lift(PaidV1(data=PaidV1Data(euros="2.50")))
    return str(raised.value)


def test_an_old_event_is_lifted_through_all_versions_between() -> None:
    lifted = registry().lift(PaidV1(data=PaidV1Data(euros="2.50"), id="abc", ts=7))
    assert lifted == Paid(data=PaidData(cents=250), id="abc", ts=7, v="3")
    assert type(lifted) is Paid


def test_an_event_without_an_id_gets_that_of_the_current_version() -> None:
    assert registry().lift(PaidV1(data=PaidV1Data(euros="2.50"))).id == "paid-250"


@pytest.mark.parametrize("event", [Paid(data=PaidData(cents=1)), Placed(data=PaidData(cents=1))])
def test_a_current_event_stays_as_it_is(event: Event) -> None:
    assert registry().lift(event) is event


@pytest.mark.parametrize("app", [registry(), references()], ids=["inline", "generated"])
@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("order/paid", None, Paid),
        ("order/paid", "3", Paid),
        ("order/paid", "2", PaidV2),
        ("order/paid", "1", PaidV1),
        ("order/paid", "0", None),
        ("order/lost", None, None),
        ("order/lost", "1", None),
    ],
)
def test_the_version_says_by_which_class_an_event_is_validated(
    app: Registry, name: str, version: str | None, expected: type[Event] | None
) -> None:
    assert app.version_class(name, version) is expected


def test_an_event_that_states_no_version_takes_any() -> None:
    assert registry().version_class("order/placed", "2024-01-15.1") is Placed


def test_an_upcaster_that_raises_is_an_error_that_names_event_and_version() -> None:
    def raising(event: PaidV1) -> PaidV2Data:
        raise KeyError("euros")

    assert failing(raising) == "event order/paid of version 1 cannot be lifted: KeyError: 'euros'"


def test_so_is_one_that_returns_something_else() -> None:
    def careless(event: PaidV1) -> PaidV2Data:
        return None  # type: ignore[return-value]

    assert failing(careless) == (
        "event order/paid of version 1 cannot be lifted: its upcaster returned NoneType, which is not the newer payload"
    )


def test_upcasters_that_are_there_let_the_app_start() -> None:
    assert references().load_functions() == {}


@pytest.mark.parametrize(
    ("app", "message"),
    [
        (references("from_v0"), f"event order/paid, version 1, needs 'from_v0' in {HERE}, which does not define it"),
        (references("plain"), f"event order/paid, version 1, needs 'plain' in {HERE}, which defines it without its"),
        (references(module="shop_nowhere"), "event order/paid, version 1, has no upcaster: there is no module shop_no"),
        (
            references("from_v2"),
            (
                f"{HERE}:from_v2 is bound to <upcast of order/paid from version 2>, "
                "expected <upcast of order/paid from version 1>"
            ),
        ),
    ],
)
def test_an_app_that_lacks_an_upcaster_does_not_start(app: Registry, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        app.load_functions()
    assert str(raised.value).startswith(message)
