"""The turn by itself: no engine, no loop."""

import gc
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from surestep.authoring.step import Step
from surestep.core.commands import StepKey
from surestep.core.divergence import Diverged
from surestep.core.history import NO_HISTORY, History, Identity, Memo
from surestep.core.outcomes import Failure, Success
from surestep.core.pending import Desk
from surestep.core.turn import Raised, Returned, Suspended, Turn, TurnOutcome
from surestep.errors import ErrorInfo, StepError

Handler = Callable[[Step], Coroutine[Any, Any, object]]


def turn_of(handler: Handler) -> Turn:
    desk = Desk(100)
    return Turn(desk, lambda _: handler(Step(desk)), 0)


def past(*memos: Memo, recorded: dict[int, Identity] | None = None) -> History:
    return History(recorded or {}, memos, len(memos) + 1, {})


def memo(name: str, position: int, value: bytes = b"null", at_ms: int = 5) -> Memo:
    return Memo(position, Identity("run", StepKey(name), ""), Success(value), at_ms)


def asked(outcome: TurnOutcome) -> list[tuple[int, str]]:
    assert isinstance(outcome, Suspended), outcome
    return [(one.position, str(one.command.key)) for one in outcome.asked]


async def two(step: Step) -> list[Any]:
    return [await step.run("a", int), await step.run("b", int)]


def test_a_handler_asks_and_gets_its_answers_one_by_one() -> None:
    turn = turn_of(two)

    assert asked(turn.replay(NO_HISTORY)) == [(0, "a")]
    assert asked(turn.advance([memo("a", 0, b"1")])) == [(1, "b")]
    assert turn.advance([memo("b", 1, b"2")]) == Returned([1, 2])


def test_a_replay_goes_as_far_as_the_answers_reach() -> None:
    assert asked(turn_of(two).replay(past(memo("a", 0, b"1")))) == [(1, "b")]
    assert turn_of(two).replay(past(memo("a", 0, b"1"), memo("b", 1, b"2"))) == Returned([1, 2])


def test_time_is_that_of_the_latest_answer_and_stretches_are_counted() -> None:
    turn = turn_of(two)
    turn.replay(NO_HISTORY)
    turn.advance([memo("a", 0, b"1", at_ms=7)])

    assert (turn.now_ms, turn.stretch) == (7, 1)


def test_answers_that_nobody_wants_any_more_are_no_disagreement() -> None:
    async def leaves(step: Step) -> str:
        try:
            await step.gather(step.run("a", int), step.run("b", int))
        except StepError:
            return "left"
        return "both"

    turn = turn_of(leaves)
    turn.replay(NO_HISTORY)
    failed = Memo(0, Identity("run", StepKey("a"), ""), Failure(ErrorInfo("ValueError", "x")), 5)
    assert turn.advance([failed, memo("b", 1)]) == Returned("left")


def test_the_first_disagreement_counts() -> None:
    async def swapped(step: Step) -> object:
        return await step.gather(step.run("b", int), step.run("a", int))

    recorded = {0: Identity("run", StepKey("a"), ""), 1: Identity("run", StepKey("b"), "")}
    outcome = turn_of(swapped).replay(past(memo("a", 0), recorded=recorded))
    assert outcome == Diverged(0, recorded[0], Identity("run", StepKey("b"), ""))


@pytest.mark.parametrize(
    ("handler", "ended"),
    [("returns", "it returned"), ("raises", "it raised ValueError: new"), ("waits", "")],
)
def test_what_history_has_and_the_handler_does_not_ask_is_a_disagreement(handler: str, ended: str) -> None:
    async def changed(step: Step) -> None:
        if handler == "raises":
            raise ValueError("new")
        if handler == "waits":
            await step.run("a", int)

    recorded = {0: Identity("run", StepKey("a"), ""), 1: Identity("sleep", StepKey("s"), "")}
    if handler != "waits":
        del recorded[0]
    outcome = turn_of(changed).replay(past(recorded=recorded))
    assert outcome == Diverged(1, Identity("sleep", StepKey("s"), ""), None, ended)


def test_what_a_handler_raises_is_the_outcome_whatever_it_is() -> None:
    class Stop(BaseException): ...

    async def stops(step: Step) -> None:
        raise Stop

    outcome = turn_of(stops).replay(NO_HISTORY)
    assert isinstance(outcome, Raised)
    assert isinstance(outcome.error, Stop)


def test_a_handler_that_takes_other_arguments_has_failed() -> None:
    def no_handler(step: Step) -> Coroutine[Any, Any, object]:
        raise TypeError("takes nothing")

    outcome = turn_of(no_handler).replay(NO_HISTORY)
    assert isinstance(outcome, Raised)


def test_closing_runs_finally_blocks_silently_even_nested_ones_that_await() -> None:
    seen: list[object] = []

    async def nested(step: Step) -> None:
        try:
            try:
                await step.run("a", int)
            finally:
                seen.append(("inner", turn.replaying))
                await step.run("b", int)
        finally:
            seen.append(("outer", turn.replaying))
            await step.run("c", int)

    turn = turn_of(nested)
    turn.replay(NO_HISTORY)
    turn.close()
    assert seen == [("inner", True), ("outer", True)]


def test_a_coroutine_that_refuses_to_end_is_given_up() -> None:
    seen: list[int] = []

    async def stubborn(step: Step) -> None:
        while len(seen) < 500:
            try:
                await step.run("a", int)
            except GeneratorExit:
                seen.append(1)

    turn = turn_of(stubborn)
    turn.replay(NO_HISTORY)
    turn.close()
    assert len(seen) == 100
    seen.extend([1] * 500)  # lets it go before the interpreter complains


def test_a_race_drops_what_was_asked_and_not_answered() -> None:
    async def races(step: Step) -> object:
        won = await step.race(step.run("a", int), step.run("b", int))
        return [won, await step.run("c", int)]

    turn = turn_of(races)
    assert asked(turn.replay(NO_HISTORY)) == [(0, "a"), (1, "b")]
    assert turn.take_passed() is None
    assert asked(turn.advance([memo("b", 1, b"2")])) == [(2, "c")]
    dropped, changes = turn.take_passed() or ((), ())
    assert [(one.position, str(one.command.key)) for one in dropped] == [(0, "a")]
    assert changes == ()
    assert turn.advance([memo("c", 2, b"3")]) == Returned([2, 3])


def test_a_loser_that_was_answered_after_the_winner_is_neither_dropped_nor_a_disagreement() -> None:
    async def races(step: Step) -> object:
        return [await step.race(step.run("a", int), step.run("b", int)), await step.run("c", int)]

    turn = turn_of(races)
    assert asked(turn.replay(past(memo("b", 1, b"2"), memo("a", 0, b"1")))) == [(2, "c")]
    assert (turn.take_passed(), turn.stretch) == (None, 2)


def test_a_step_that_history_has_as_dropped_must_be_dropped_again() -> None:
    recorded = {0: Identity("run", StepKey("a"), ""), 1: Identity("run", StepKey("b"), "")}

    async def gathers(step: Step) -> object:
        return await step.gather(step.run("a", int), step.run("b", int))

    history = History(recorded, (memo("b", 1, b"1"),), 2, {}, dropped=(0,))
    assert turn_of(gathers).replay(history) == Diverged(
        0, recorded[0], recorded[0], reason="goes on waiting for it, but it has lost a race"
    )


def test_a_gate_is_passed_on_the_new_path_by_code_that_runs_for_the_first_time() -> None:
    async def gated(step: Step) -> object:
        return [step.version("one"), await step.run("a", int), step.version("one"), step.version("two")]

    assert turn_of(gated).replay(past(memo("a", 0, b"1"))) == Returned([False, 1, False, False])
    turn = turn_of(gated)
    assert turn.replay(History({}, (memo("a", 0, b"1"),), 1, {})) == Returned([False, 1, False, True])
    assert turn.take_passed() == ((), ("two",))


@pytest.mark.parametrize("memos", [(), (memo("a", 0, b"1"), memo("b", 1, b"2"))])
def test_a_turn_that_was_closed_or_has_ended_leaves_nothing_to_the_garbage_collector(memos: tuple[Memo, ...]) -> None:
    turn = turn_of(two)
    turn.replay(NO_HISTORY, memos)
    turn.close()
    left = weakref.ref(turn)

    gc.disable()
    try:
        del turn
        assert left() is None
    finally:
        gc.enable()
