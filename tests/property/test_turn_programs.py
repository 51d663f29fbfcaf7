"""Random handlers do the same whether they are kept, replayed at every wake-up, or stopped and started again."""

import asyncio
import re
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, settings, strategies as st
from tests.behaviour.conftest import LastingStore, Paid, Placed, handles
from tests.conftest import enough

from surestep import Context, Handler, Step, StepError
from surestep.core.history import history_of
from surestep.core.records import RunStatus, SegmentFailed
from surestep.core.state import RunState, evolve
from surestep.engines.waiters import waiter_matches
from surestep.testing import Bench, InlineRegistry, VirtualClock
from surestep_dsl.flow import Backoff, Retries


@dataclass(frozen=True)
class Run:
    """A body that fails `failures` times; three are too many."""

    name: str
    failures: int


@dataclass(frozen=True)
class Sleep:
    seconds: int


@dataclass(frozen=True)
class Wait:
    seconds: int


@dataclass(frozen=True)
class Send:
    pass


@dataclass(frozen=True)
class Flaky:
    """Code between steps that fails at its first attempts."""

    failures: int


@dataclass(frozen=True)
class Loop:
    times: int
    body: "Program"


@dataclass(frozen=True)
class Parallel:
    branches: "tuple[Program, ...]"
    return_exceptions: bool


@dataclass(frozen=True)
class Race:
    branches: "tuple[Program, ...]"


@dataclass(frozen=True)
class Gate:
    """A version gate."""

    name: str


Node: TypeAlias = Run | Sleep | Wait | Send | Flaky | Gate | Loop | Parallel | Race
Program: TypeAlias = tuple[Node, ...]

_LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Run, st.sampled_from("abc"), st.sampled_from([0, 0, 0, 1, 3])),
    st.builds(Sleep, st.integers(1, 5)),
    st.builds(Wait, st.integers(1, 9)),
    st.builds(Send),
    st.builds(Flaky, st.integers(0, 2)),
    st.builds(Gate, st.sampled_from("xy")),
)


def _nested(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    program = st.lists(inner, min_size=1, max_size=3).map(tuple)
    branches = st.lists(program, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Loop, st.integers(1, 3), program),
        st.builds(Parallel, branches, st.booleans()),
        st.builds(Race, branches),
    )


PROGRAMS: st.SearchStrategy[Program] = st.lists(
    st.recursive(_LEAVES, _nested, max_leaves=8), min_size=1, max_size=4
).map(tuple)


class World:
    """What a program does to the outside: which bodies succeeded, and how often each was attempted."""

    def __init__(self) -> None:
        self.succeeded: Counter[str] = Counter()
        self.attempts: Counter[str] = Counter()


async def _interpret(program: Program, ctx: Context[Placed], step: Step, world: World, path: str) -> list[object]:
    seen: list[object] = []
    for number, node in enumerate(program):
        seen.append(await _perform(node, ctx, step, world, f"{path}.{number}"))
    return seen


async def _perform(node: Node, ctx: Context[Placed], step: Step, world: World, path: str) -> object:
    match node:
        case Run(name, failures):
            try:
                return await step.run(name, _body, world, path, failures)
            except StepError as error:
                return error.message
        case Sleep(seconds):
            await step.sleep("sleep", f"{seconds}s")
            return (ctx.now().timestamp(), ctx.random())
        case Wait(seconds):
            return await step.wait_for_event("wait", Paid, timeout=f"{seconds}s") is None
        case Send():
            return len(await step.send_event("send", Paid()))
        case Flaky(failures):
            if ctx.attempt < failures:
                raise ValueError("flaky")
            return ctx.attempt
        case Gate(name):
            return step.version(name)
        case Loop(times, body):
            return [await _interpret(body, ctx, step, world, f"{path}.{index}") for index in range(times)]
        case Parallel(branches, return_exceptions):
            parts = [_interpret(part, ctx, step, world, f"{path}.{index}") for index, part in enumerate(branches)]
            return [repr(part) for part in await _gathered(step, parts, whole=return_exceptions)]
        case Race(branches):
            parts = [_interpret(part, ctx, step, world, f"{path}.{index}") for index, part in enumerate(branches)]
            return repr(await step.race(*parts))


async def _gathered(step: Step, parts: Sequence[Coroutine[Any, Any, object]], *, whole: bool) -> Sequence[object]:
    if whole:
        return await step.gather(*parts, return_exceptions=True)
    return await step.gather(*parts)


async def _body(world: World, path: str, failures: int) -> str:
    world.attempts[path] += 1
    if world.attempts[path] <= failures:
        raise ValueError(path)
    world.succeeded[path] += 1
    return path


def _handler(program: Program, world: World) -> Handler:
    async def process(ctx: Context[Placed], step: Step) -> str:
        return repr(await _interpret(program, ctx, step, world, ""))

    return handles(Placed, result=str, retries=Retries(2, Backoff(1_000, factor=1, jitter_ms=0)))(process)


@dataclass(frozen=True)
class Outcome:
    status: RunStatus
    commands: tuple[object, ...]
    succeeded: Counter[str]
    result: object


async def _run(program: Program, *, cached_turns: int, stops: Sequence[int] = (), at_once: bool = False) -> Outcome:
    """Run a program to its end, with a restart after each of the given numbers of time steps."""
    world, store, clock = World(), LastingStore(waiter_matches), VirtualClock()
    registry = InlineRegistry("shop", [Placed, Paid], [_handler(program, world)])
    sent = False
    for steps in [*stops, 1_000]:
        bench = Bench(registry, store=store, clock=clock, cached_turns=cached_turns)
        async with asyncio.timeout(180), bench:
            if not sent:
                await bench.send(Placed(id="p"))
                sent = True
            for _ in range(steps):
                if (await bench.run()).run.status in {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.BLOCKED}:
                    break
                await bench.advance("1s")
            await bench.engine.close(at_once=at_once)
    reader = Bench(registry, store=store, clock=clock)
    async with reader:
        run = await reader.run()
        records = await reader.history(run.run.run_id)
    state = RunState()
    for record in records:
        state = evolve(state, record)
    assert state.end is run.run.status
    assert state.open_steps == {} or run.run.status is RunStatus.FAILED or "Parallel" in repr(program)
    recorded = history_of(records).recorded
    assert sum(isinstance(record, SegmentFailed) for record in records) == sum(state.segment_failures.values())
    commands = tuple((at, identity.kind, str(identity.key)) for at, identity in sorted(recorded.items()))
    return Outcome(run.run.status, commands, world.succeeded, _without_run(run.result))


def _without_run(result: object) -> object:
    """Draws depend on the run's id, which differs from run to run."""
    return re.sub(r", \d\.\d+(e-\d+)?\)", ")", result) if isinstance(result, str) else result


@given(PROGRAMS, st.lists(st.integers(0, 4), max_size=3), st.booleans())
@settings(max_examples=enough(60), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_however_a_program_is_carried_out_it_does_the_same(program: Program, stops: list[int], at_once: bool) -> None:
    async def compare() -> None:
        kept = await _run(program, cached_turns=16)
        assert await _run(program, cached_turns=0) == kept
        assert await _run(program, cached_turns=16, stops=stops, at_once=at_once) == kept
        assert all(count == 1 for count in kept.succeeded.values())
        assert kept.status in {RunStatus.COMPLETED, RunStatus.FAILED}

    asyncio.run(compare())
