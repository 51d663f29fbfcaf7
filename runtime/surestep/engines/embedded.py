"""The embedded engine: runs everything in this process, on one store.

`Engine` puts the parts together and holds the runs that are under way. What happens to one run is decided by its
driver and execution, what is due when by the timers and the schedule, what an event starts by the intake.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Final, Self

from pydantic import JsonValue

from surestep.authoring.registry import BoundFunction, Registry
from surestep.core.decisions import RunLimits
from surestep.core.records import RunStatus
from surestep.core.signals import CancelAsked, ReleaseAsked
from surestep.engines.api import EventRow, JobBusy, JobRow, JobStarted, RawEvent, RunDetail, RunSummary
from surestep.engines.bodies import Bodies
from surestep.engines.border import Rules, encode_events
from surestep.engines.capabilities import EMBEDDED, check_capabilities
from surestep.engines.clock import Clock, Entropy, SystemClock
from surestep.engines.control import EmbeddedControl
from surestep.engines.determinism import Determinism
from surestep.engines.execution import Execution, Tools
from surestep.engines.expressions import compile_expressions
from surestep.engines.fleet import Fleet
from surestep.engines.flow import Flow
from surestep.engines.intake import Intake
from surestep.engines.job_control import JobControl
from surestep.engines.masking import Masking
from surestep.engines.outside import Outside
from surestep.engines.replaying import App
from surestep.engines.retention import Retention, Sweeper
from surestep.engines.roles import handler_of
from surestep.engines.schedule import Schedule
from surestep.engines.shadow import Shadow
from surestep.engines.stalls import StallWatch
from surestep.engines.timers import Timers
from surestep.engines.views import event_row, run_detail, run_summary
from surestep.errors import ConfigurationError
from surestep.guard.guard import Guard, GuardMode, guard_mode
from surestep.limits import CACHED_TURNS
from surestep.storage.port import NOTHING, Appended, Checkpoint, NewEvent, RunQuery, Store, StoredRun

__all__ = ["Engine"]

_DEFAULT_RULES: Final = Rules()
_DEFAULT_LIMITS: Final = RunLimits()
_DEFAULT_DETERMINISM: Final = Determinism()

_logger = logging.getLogger("surestep.engine")

_DEFAULT_RETENTION: Final = Retention()
_SEAL: Final = (
    "set SURESTEP_KEYS to what `surestep db new-key` prints; or allow plain storage with "
    "SURESTEP_PLAIN_SENSITIVE=1, in a program of your own Engine(allow_plain_sensitive=True)"
)


class Engine:
    """Runs an app's functions. Use it as an async context manager; leaving it drains.

    Args:
        registry: the app, from its generated package.
        store: where events and runs are kept; the engine closes it.
        clock: wall-clock time.
        entropy: ids and jitter.
        cached_turns: suspended handlers kept alive; 0 replays a handler at every wake-up.
        retention: how long finished runs and events are kept; None keeps them for ever.
        allow_plain_sensitive: sensitive values may be kept by a store without keys.
        rules: which events may come in.
        guard: how closely handler code is watched for what may differ on a replay; as SURESTEP_GUARD says, else LIGHT.
        determinism: what to do about runs that disagree with their histories, and how many to look at.
        limits: how much a run may come to.

    Attributes:
        control: finds runs, writes them down and does them again; from entering on.
        shadow: replays some of the runs that have finished; likewise.

    Raises:
        ConfigurationError: on entering, when a handler is missing, an option is not honoured, or sensitive values would
            be kept in plain.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        store: Store,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        cached_turns: int = CACHED_TURNS,
        retention: Retention | None = _DEFAULT_RETENTION,
        allow_plain_sensitive: bool = False,
        rules: Rules = _DEFAULT_RULES,
        guard: GuardMode | None = None,
        determinism: Determinism = _DEFAULT_DETERMINISM,
        limits: RunLimits = _DEFAULT_LIMITS,
    ) -> None:
        self._registry = registry
        self._store = store
        self._clock = clock or SystemClock()
        self._entropy = entropy or Entropy()
        self._cached_turns = cached_turns
        self._retention = retention
        self._allow_plain_sensitive = allow_plain_sensitive
        self._rules = rules
        guard = guard or guard_mode(GuardMode.LIGHT)
        self._guard = Guard(guard)
        self._guard_mode = guard
        self._determinism = determinism
        self._limits = limits
        self._functions: dict[str, BoundFunction] = {}
        self._bodies = Bodies(self._clock)
        self._watchers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._store.close()
            raise
        return self

    async def _start(self) -> None:
        if self._registry.sensitive and not (self._store.keeps_secrets or self._allow_plain_sensitive):
            raise ConfigurationError("the specs have sensitive values, and the store would keep them in plain", _SEAL)
        self._functions = self._registry.load_functions()
        self._masking = Masking(self._registry, self._functions)
        self._determinism.check(self._functions)
        options = [bound.function.options for bound in self._functions.values()]
        check_capabilities(options, EMBEDDED, "embedded")
        compile_expressions(options)
        self._intake = Intake(self._registry, self._functions, self._entropy.new_id, self._rules)
        app = App(self._registry, self._functions, self._guard.resume)
        tools = Tools(app, self._intake, self._clock, self._entropy, self._determinism, self._limits)
        outside = Outside(
            self._store,
            self._bodies,
            lambda stored: Execution(tools, handler_of(self._functions, stored), stored),
            self._dispatch,
            lambda: self._fleet.draining,
            self._clock.now_ms,
            self._clock.sleep_until,
        )
        self._timers = Timers(self._store, self._clock, self._fired)
        self.flow = Flow(self._functions, self._store, self._clock, self._let_go, lambda: self._fleet.backlog)
        self._fleet = Fleet(outside, self.flow, self._timers.expect, self._cached_turns)
        latest = [event.event_id for event in await self._store.list_events(limit=1)]
        latest += [row.run_id for row in await self._store.list_runs(RunQuery(limit=1))]
        for known_id in latest:
            self._entropy.continue_after(known_id)
        aside = App(self._registry, self._functions, Guard(self._guard_mode).resume)
        self.shadow = Shadow(self._store, aside, self._determinism, self._entropy.uniform)
        self.control = EmbeddedControl(self._store, self._intake, app, self._append, self._clock.now_ms)
        self._jobs = JobControl(self._intake, self._store, self._clock, self._append, self._masked)
        self._schedule = Schedule(self._functions, self._intake, self._clock, self._append, self._store.meet_schedules)
        await self._schedule.begin()
        await self.flow.begin()
        self._intake.paused = self.flow.paused
        ready = await self._store.ready_runs()
        # Nothing that can fail comes later: an engine that does not start leaves nothing running.
        for run_id in ready:
            self._fleet.take_up(run_id)
        self._watch()

    def _watch(self) -> None:
        self._watchers = [
            asyncio.create_task(self._timers.watch(), name="timers"),
            asyncio.create_task(self._schedule.watch(), name="schedule"),
            asyncio.create_task(self.shadow.watch(), name="shadow replay"),
        ]
        if self._retention is not None:
            sweeper = Sweeper(self._store, self._clock, self._retention)
            self._watchers.append(asyncio.create_task(sweeper.watch(), name="deletion of old runs"))
        for watcher in self._watchers:
            watcher.add_done_callback(_report)
        self._stalls = StallWatch()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self, *, at_once: bool = False) -> None:
        """Stop. Bodies in progress finish and their results are committed, unless `at_once`; nothing new begins."""
        for watcher in self._watchers:
            watcher.cancel()
        await self._fleet.drain(at_once=at_once)
        self._stalls.close()
        self.flow.close()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        self._bodies.close()
        await self._store.close()

    async def idle(self) -> None:
        """Return when no run can go on without time passing or an event arriving. Meant for tests."""
        # No run should pay for an event that only tests wait for.
        watching = (self._timers, self._schedule, self.flow)
        while not (self._fleet.is_idle and all(watch.is_resting for watch in watching)):  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def send(self, events: Sequence[RawEvent]) -> list[str]:
        """Accept all events or none; see `EngineApi.send`."""
        planned = self._intake.plan_events(encode_events(events), self._clock.now_ms())
        await self._append(planned)
        return [new.event.event_id for new in planned]

    async def list_runs(
        self,
        *,
        function_id: str | None = None,
        status: RunStatus | None = None,
        event_id: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> list[RunSummary]:
        """Runs, newest first."""
        rows = await self._store.list_runs(RunQuery(function_id, status, event_id, before, limit))
        return [run_summary(row, in_progress=bool(self._fleet.bodies_of(row.run_id))) for row in rows]

    async def show_run(self, run_id: str, *, reveal: bool = False) -> RunDetail | None:
        """A run with its timeline; sensitive values are masked, unless they are to be revealed."""
        stored = await self._store.load_run(run_id)
        if stored is None:
            return None
        return self._detail(stored) if reveal else self._masked(stored)

    def _detail(self, stored: StoredRun) -> RunDetail:
        run_id = stored.row.run_id
        held = self.flow.explain(stored, in_backlog=self._fleet.is_in_backlog(run_id))
        return replace(run_detail(stored, self._fleet.bodies_of(run_id)), held=held)

    def _masked(self, stored: StoredRun) -> RunDetail:
        return self._masking.run(self._detail(stored))

    async def list_events(
        self, *, name: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[EventRow]:
        """Events, newest first."""
        found = await self._store.list_events(name=name, before=before, limit=limit)
        return [self._masking.event(event_row(event)) for event in found]

    async def start_job(
        self, job_id: str, *, options: JsonValue = None, log_id: str | None = None
    ) -> JobStarted | JobBusy | None:
        """Ask for a run of a job by hand; see `EngineApi.start_job`."""
        return await self._jobs.start(job_id, options, log_id)

    async def list_job_runs(self, job_id: str, *, before: str | None = None, limit: int = 50) -> list[JobRow] | None:
        """The log of a job, newest first; None when there is no such job."""
        return await self._jobs.runs(job_id, before, limit)

    async def cancel_run(self, run_id: str) -> bool:
        """Ask a run to stop."""
        return await self._signal(run_id, CancelAsked("cancelled by request"))

    async def release_run(self, run_id: str) -> bool:
        """Try a blocked run again with today's code. False when it is not blocked."""
        stored = await self._store.load_run(run_id)
        if stored is None or stored.row.status is not RunStatus.BLOCKED:
            return False
        return await self._signal(run_id, ReleaseAsked())

    async def _signal(self, run_id: str, signal: CancelAsked | ReleaseAsked) -> bool:
        delivery = await self._store.signal(run_id, signal)
        if delivery is not None:
            self._fleet.deliver(delivery)
        return delivery is not None

    def _fired(self, fired: Appended) -> None:
        self._fleet.pass_on(fired, ())

    def _let_go(self, run_id: str) -> None:
        self._fleet.let_go(run_id)

    async def _append(self, planned: list[NewEvent]) -> Appended:
        appended = await self._store.append_events(planned)
        self._fleet.pass_on(appended, planned)
        return appended

    def _dispatch(self, checkpoint: Checkpoint, appended: Appended) -> None:
        """What a commit caused, beyond its own run."""
        if checkpoint.status is not None:
            self.shadow.notice(checkpoint)
        for timer in checkpoint.timers:
            self._timers.expect(timer.due_at_ms)
        if appended is not NOTHING:  # as after most
            self._fleet.pass_on(appended, checkpoint.events)


def _report(watcher: asyncio.Task[None]) -> None:
    """A watcher never ends by itself; one that does must not do so in silence."""
    if not watcher.cancelled() and (error := watcher.exception()) is not None:
        _logger.critical("the %s stopped; restart the engine", watcher.get_name(), exc_info=error)
