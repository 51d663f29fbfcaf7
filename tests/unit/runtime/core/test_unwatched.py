import sys
from collections.abc import Iterator
from types import FrameType

import pytest

from surestep.core.unwatched import unwatched
from surestep.guard.profile import current_watch


@pytest.fixture(autouse=True)
def keep_profile() -> Iterator[None]:
    before = sys.getprofile()
    yield
    sys.setprofile(before)
    current_watch.profile = None


class Watch:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            self.seen.append(frame.f_code.co_name)


def inner() -> int:
    return 5


@unwatched
def make() -> int:
    return inner()


@unwatched
def fail() -> None:
    raise ValueError


def handle() -> None:
    make()
    inner()


def test_the_watch_is_not_told_of_what_our_own_code_calls_and_is_told_again_afterwards() -> None:
    watch = Watch()
    current_watch.profile = watch

    sys.setprofile(watch)
    handle()
    sys.setprofile(None)

    assert watch.seen == ["handle", "aside", "inner"]


def test_the_watch_goes_on_after_an_error() -> None:
    watch = Watch()
    current_watch.profile = watch

    sys.setprofile(watch)
    with pytest.raises(ValueError):
        fail()

    assert sys.getprofile() is watch


def test_the_profiler_of_somebody_else_is_told_of_everything() -> None:
    profiler = Watch()

    sys.setprofile(profiler)
    handle()
    sys.setprofile(None)

    assert profiler.seen == ["handle", "aside", "make", "inner", "inner"]
