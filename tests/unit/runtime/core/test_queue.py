"""The queue, call by call; that it agrees with a model is held in tests/property/policies."""

from surestep.core.policies.queueing import Queueing
from surestep.core.queue import Queue
from surestep_dsl.flow import Concurrency, FunctionOptions, Throttle

OPTIONS = {
    "f": FunctionOptions("f", concurrency=(Concurrency(1, per="run"),)),
    "steps": FunctionOptions("steps", concurrency=(Concurrency(2),)),
    "paced": FunctionOptions("paced", throttle=Throttle(1, 1_000)),
}


def queue() -> tuple[Queue, list[str], list[int | None]]:
    gone: list[str] = []
    alarms: list[int | None] = []
    return Queue(OPTIONS, lambda ticket: gone.append(ticket.run_id), alarms.append), gone, alarms


def test_the_next_in_line_goes_when_a_run_ends() -> None:
    waiting, gone, _ = queue()
    first, late, early = (
        waiting.enter(run_id, "f", Queueing(at, None, ("g",))) for run_id, at in (("r1", 0), ("r2", 9), ("r3", 5))
    )
    assert [waiting.ask(one, 0) for one in (first, late, early)] == [True, False, False]
    why = waiting.explain("r2", 0)
    assert why is not None
    assert (why.position, why.need.group.name) == (2, "g")
    waiting.leave(first, 0)
    assert gone == ["r3"]


def test_a_run_whose_function_is_gone_needs_nothing() -> None:
    waiting, _, _ = queue()
    assert waiting.ask(waiting.enter("r1", "gone", Queueing(0, "t", ("g",))), 0)


def test_the_alarm_is_set_for_when_a_throttle_has_room() -> None:
    waiting, gone, alarms = queue()
    tickets = [waiting.enter(f"r{number}", "paced", Queueing(number, "t")) for number in range(3)]
    assert [waiting.ask(ticket, 100) for ticket in tickets] == [True, False, False]
    assert alarms == [1_100]
    waiting.ring(1_100)
    assert (gone, alarms[-1]) == (["r1"], 2_100)


def test_a_run_that_had_begun_before_a_restart_has_its_place_again() -> None:
    waiting, gone, _ = queue()
    begun = waiting.enter("r1", "f", Queueing(0, None, ("g",)), has_begun=True)
    assert not waiting.ask(waiting.enter("r2", "f", Queueing(1, None, ("g",))), 0)
    assert waiting.ask(begun, 0)
    waiting.leave(begun, 0)
    assert gone == ["r2"]


def test_a_run_that_wants_fewer_places_than_before_gets_no_more() -> None:
    waiting, gone, _ = queue()
    first, second = (
        waiting.enter(run_id, "steps", Queueing(at, None, ("g",))) for at, run_id in enumerate(("r1", "r2"))
    )
    assert waiting.ask(first, 0)
    waiting.adjust(first, 1, 1, 0)
    assert (first.held, gone) == (2, ["r1"])
    assert not waiting.ask(second, 0)
    waiting.rest(first, 0)
    assert (second.held, gone) == (1, ["r1", "r2"])
    waiting.adjust(first, 0, 1, 0)
    waiting.adjust(second, 1, 2, 0)
    waiting.adjust(second, 1, 1, 0)
    assert (first.held, second.held, second.asked) == (1, 1, 1)
    waiting.rest(first, 0)
    assert (second.held, second.asked, gone[2:]) == (2, 0, ["r1", "r2"])


def test_a_long_line_is_served_in_parts_so_that_others_come_to_their_turn() -> None:
    waiting, gone, alarms = queue()
    waiting.pause("free")
    for number in range(2_500):
        assert not waiting.ask(waiting.enter(f"{number:04}", "free", Queueing(number)), 7)
    waiting.resume("free", 7)
    counts = [len(gone)]
    while alarms[-1] is not None:
        assert alarms[-1] == 7
        waiting.ring(7)
        counts.append(len(gone))
    assert counts == [1_000, 2_000, 2_500]
    assert gone == [f"{number:04}" for number in range(2_500)]
