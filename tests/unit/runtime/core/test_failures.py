import pytest
from typing_extensions import override

from surestep.core.failures import BodyFailed, caused_by_step, failure_of, info_of
from surestep.errors import (
    ErrorInfo,
    InvokeTimeoutError,
    LimitError,
    NestedStepError,
    NonRetriableError,
    RetryAfterError,
    StepError,
)

INFO = ErrorInfo("KeyError", "'lost'", "the callee's traceback")


def raised(error: BaseException) -> BaseException:
    """With a traceback that ends in this file."""
    try:
        raise error  # noqa: TRY301 -- to be raised is all that it is for
    except BaseException as caught:  # noqa: BLE001 -- it is what was raised
        return caught


@pytest.mark.parametrize(
    "error",
    [
        NonRetriableError("x"),
        StepError("a", INFO),
        InvokeTimeoutError("a", INFO),
        NestedStepError("x"),
        LimitError("x"),
        NotImplementedError(),
    ],
)
def test_some_errors_are_final(error: Exception) -> None:
    assert failure_of(error, 0).final


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), RetryAfterError("x", "1s"), OSError()])
def test_all_others_are_worth_another_attempt(error: BaseException) -> None:
    assert not failure_of(error, 0).final


def test_the_delay_somebody_asks_for_is_part_of_the_failure() -> None:
    assert failure_of(RetryAfterError("later", "90s"), 0) == BodyFailed(
        ErrorInfo("RetryAfterError", "later", "surestep.errors.RetryAfterError: later\n"), False, 90_000
    )


def test_a_step_error_stands_for_the_error_in_the_body() -> None:
    assert info_of(raised(StepError("a", INFO))) == INFO


def test_the_traceback_has_the_users_frames_only() -> None:
    lines = info_of(raised(ValueError("broken"))).stack.splitlines()

    assert lines[0] == "Traceback (most recent call last):"
    assert [line for line in lines if line.startswith("  File ")] == [lines[1]]
    assert lines[1].startswith(f'  File "{__file__}", line ')
    assert lines[-1] == "ValueError: broken"


def test_an_error_whose_text_cannot_be_made_is_told_all_the_same() -> None:
    class BrokenError(Exception):
        @override
        def __str__(self) -> str:
            raise ZeroDivisionError

    info = info_of(raised(BrokenError()))
    assert (info.name, info.message) == ("BrokenError", "<the error's text cannot be made>")


def test_causes_and_contexts_are_searched_for_a_step_error_even_in_a_circle() -> None:
    step_error, mine, other = StepError("a", INFO), ValueError("mine"), KeyError("other")
    mine.__cause__, mine.__context__, other.__context__ = other, step_error, mine

    assert caused_by_step(mine)
    assert caused_by_step(other)
    mine.__context__ = other
    assert not caused_by_step(mine)
