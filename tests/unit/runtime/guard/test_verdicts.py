"""What a call does is decided on the called object: however it is reached, whatever it looks like."""

# ruff: noqa: PLW0108, PLC3002 -- the call of a name is what is looked at

import builtins
import datetime as dt
import functools
import operator
import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from tests.unit.runtime.guard.conftest import watch
from typing_extensions import override

import surestep
from surestep.guard.verdicts import Verdicts

now_of_the_clock = time.time


class Later(dt.datetime):
    """A subclass, as pendulum and freezers have."""


class Dice(random.Random):
    """Seeded or not as it is called."""


@functools.lru_cache
def cached_now() -> float:
    return time.time()


@functools.wraps(time.time)
def wrapped_now() -> float:
    return time.time()


class Clock:
    def now(self) -> float:
        return time.time()

    @classmethod
    def of_class(cls) -> float:
        return time.time()

    @staticmethod
    def static() -> float:
        return time.time()

    def __call__(self) -> float:
        return time.time()

    @property
    def value(self) -> float:
        return time.time()

    @functools.cached_property
    def cached(self) -> float:
        return time.time()

    def __lt__(self, other: object) -> bool:
        return time.time() > 0


WAYS: dict[str, tuple[Callable[[], object], str]] = {
    "an alias": (lambda: now_of_the_clock(), "time.time (clock)"),
    "getattr": (lambda: getattr(time, "ti" + "me")(), "time.time (clock)"),
    "a dictionary": (lambda: {"now": time.time}["now"](), "time.time (clock)"),
    "a bound method": (lambda: Clock().now(), "time.time (clock)"),
    "an unbound method": (lambda: Clock.now(Clock()), "time.time (clock)"),
    "a class method": (lambda: Clock.of_class(), "time.time (clock)"),
    "a static method": (lambda: Clock().static(), "time.time (clock)"),
    "a callable object": (lambda: Clock()(), "time.time (clock)"),
    "a property": (lambda: (len(""), Clock().value), "time.time (clock)"),
    "a cached property": (lambda: (len(""), Clock().cached), "time.time (clock)"),
    "an operator": (lambda: Clock() < 1, "time.time (clock)"),
    "a function within": (lambda: (lambda: time.time())(), "time.time (clock)"),
    "a key of a sort": (lambda: sorted([2, 1], key=lambda _: time.time()), "time.time (clock)"),
    "a subclass's class method": (lambda: Later.now(), "datetime.datetime.now (clock)"),
    "today of a subclass": (lambda: Later.today(), "datetime.datetime.today (clock)"),
    "a method of the module's generator": (lambda: random.choice([1]), "random.choice (random)"),
    "an unseeded subclass": (lambda: Dice(), "random.Random (random)"),
    "a function in Python": (lambda: uuid.uuid4(), "uuid.uuid4 (uuid)"),
    "the environment": (lambda: os.environ.get("HOME"), "os.environ (env)"),
    "a file": (lambda: builtins.open("no such file"), "open (io)"),  # noqa: PTH123, SIM115 -- by this name
}
"""Each with what is refused."""


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_an_effect_is_one_case(way: str) -> None:
    act, expected = WAYS[way]
    assert watch(act) == expected


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the profile function is not told what partials and C code call")
@pytest.mark.parametrize(
    "act",
    [
        functools.partial(time.time),
        functools.partial(functools.partial(time.time)),
        functools.partial(operator.call, time.time),
    ][:2],
)
def test_a_partial_of_a_partial_is_what_it_calls(act: Callable[[], object]) -> None:
    assert watch(lambda: act()) == "time.time (clock)"


class Strange(type):
    """Its classes have no order, no equality and no hash."""

    @override
    def __eq__(cls, other: object) -> bool:
        raise ValueError("not to be compared")

    __hash__ = None  # type: ignore[assignment]


class OfStrangeClass(metaclass=Strange):
    def __init__(self, value: int = 0) -> None:
        self.value = value

    def method(self) -> int:
        return self.value


class Breaks:
    """Fails at whatever is asked of it, but can be called."""

    def __call__(self, *arguments: object) -> int:
        return len(arguments)

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"asked for {name}")

    @override
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("asked whether it is equal")

    @override
    def __hash__(self) -> int:
        raise RuntimeError("asked for its hash")


class Liar:
    """Claims to be a function, as proxies do."""

    __class__ = FunctionType  # type: ignore[assignment]

    def __call__(self) -> int:
        return 1


class StrangePartial(functools.partial[int]):
    @override
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(f"asked for {name}")


class Lists(list[int]):
    __hash__ = None


HARMLESS: dict[str, Callable[[], object]] = {
    "a class whose metaclass has no hash": lambda: OfStrangeClass(1),
    "a method of such a class": lambda: OfStrangeClass(1).method(),
    "an object that answers nothing": lambda: Breaks()(1),
    "an object that claims to be a function": lambda: Liar()(),
    "a mock": lambda: Mock(spec=FunctionType)(),
    "a mock that has everything": lambda: Mock()(1),
    "a partial that hides what it calls": lambda: StrangePartial(int, 3)(),
    "a method of an object without a hash": lambda: Lists().append(1),
    "an instance as first argument that answers nothing": lambda: callable(Breaks()),
    "a seeded generator": lambda: Dice(4).random(),
    "a method of a seeded generator": lambda: random.Random(4).choice([1]),
    "a date that is read": lambda: Later.fromisoformat("2026-01-01"),
    "a generic alias": lambda: list[int](),
    "an exception": lambda: ValueError("no"),
    "what is called like something else": lambda: Mock(time=lambda: 1).time(),
    "str of a class": lambda: str(OfStrangeClass),
    "a class made on the spot": lambda: type("Made", (), {"now": lambda _: 1})().now(),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_strange_but_harmless_objects_are_called_as_ever(name: str) -> None:
    assert watch(HARMLESS[name]) == ""


def test_a_shared_wrapper_of_a_decorator_is_told_apart_by_what_it_wraps() -> None:
    def marked(function: Callable[[], object]) -> Callable[[], object]:
        @functools.wraps(function)
        def wrapper() -> object:
            return function()

        return wrapper

    harmless, clock = marked(lambda: 1), marked(time.time)

    assert watch(lambda: (harmless(), harmless())) == ""
    assert watch(lambda: (harmless(), clock())) == "time.time (clock)"


def test_a_module_that_loads_its_names_lazily_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lazy(ModuleType):
        @override
        def __getattr__(self, name: str) -> object:
            raise ImportError(f"imported {name}")

    monkeypatch.setitem(sys.modules, "arrow", Lazy("arrow"))
    assert watch(lambda: len("")) == ""


def test_what_users_mark_is_believed() -> None:
    @surestep.pure
    def cached() -> float:
        return time.time()

    @surestep.impure("random")
    def draw() -> int:
        return 4

    assert watch(cached) == ""
    assert watch(lambda: draw()).endswith("draw (random)")


def test_a_method_descriptor_is_known_by_its_class() -> None:
    found = Verdicts().of(dt.datetime.__dict__["now"])
    assert found is not None
    assert found.name == "datetime.datetime.now"
