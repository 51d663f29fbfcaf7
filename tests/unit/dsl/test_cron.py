import pytest
from croniter import croniter
from hypothesis import given, strategies as st

from surestep_dsl.cron import Cron, CronProblem, parse_cron

NUMBERS = st.integers(min_value=0, max_value=70).map(str)
PARTS = st.one_of(
    st.just("*"),
    NUMBERS,
    st.tuples(NUMBERS, NUMBERS).map("-".join),
    NUMBERS.map("*/{}".format),
    st.sampled_from(["mon", "JAN", "sun-sat", "mon-fri/2"]),
)
FIELDS = st.lists(PARTS, min_size=1, max_size=3).map(",".join)
CRONS = st.lists(FIELDS, min_size=5, max_size=5).map(" ".join)


@given(CRONS)
def test_what_is_accepted_the_scheduler_accepts_too(text: str) -> None:
    cron = parse_cron(text)

    if isinstance(cron, Cron) and cron.ever_fires:
        assert croniter.is_valid(text, strict=True)


@given(CRONS)
def test_what_the_scheduler_refuses_is_refused_or_never_fires(text: str) -> None:
    if not croniter.is_valid(text, strict=True):
        cron = parse_cron(text)
        assert isinstance(cron, CronProblem) or not cron.ever_fires


@pytest.mark.parametrize(("one", "other"), [("0 0 * * mon", "0  0 * * 1"), ("*/30 0 * * *", "0,30 0 * * *")])
def test_equal_schedules_are_equal(one: str, other: str) -> None:
    assert parse_cron(one) == parse_cron(other)


def test_a_problem_knows_its_place() -> None:
    problem = parse_cron("0 0 1,32 * *")

    assert isinstance(problem, CronProblem)
    assert (problem.start, problem.end) == (6, 8)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0 0 * * 7", "Sunday is 0"),
        ("0 0 * * 5-1", "write it as two ranges: 5-6,0-1"),
        ("0 0 ? * *", "L, W, #, R and ? are not part of this language"),
        ("@hourly", "write 0 0 * * * for every day"),
    ],
)
def test_known_slips_get_a_hint(text: str, hint: str) -> None:
    problem = parse_cron(text)

    assert isinstance(problem, CronProblem)
    assert problem.hint == hint
