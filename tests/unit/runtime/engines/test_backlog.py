"""The backlog hands out the lowest position first, and forgets whoever waits no longer."""

from surestep.engines.backlog import Backlog


def test_the_lowest_position_is_first_and_of_equal_ones_the_lowest_id() -> None:
    backlog = Backlog()
    for run_id, position_ms in (("c", 5), ("b", 7), ("a", 7), ("c", 1)):
        backlog.add(run_id, position_ms)
    found = []
    while backlog:
        found.append(backlog.first())
        backlog.discard(found[-1])
    assert found == ["c", "a", "b"]


def test_who_waits_no_longer_is_passed_over() -> None:
    backlog = Backlog()
    backlog.add("a", 1)
    backlog.add("b", 2)
    backlog.discard("a")
    backlog.discard("x")
    assert (backlog.first(), len(backlog), "a" in backlog, "b" in backlog) == ("b", 1, False, True)
