"""Every limit of the runtime: a name, a unit and a reason."""

from typing import Final

__all__ = [
    "ACTIVE_RUNS",
    "BATCH_BYTES",
    "CACHED_TURNS",
    "CHECKPOINT_INTERVAL_MS",
    "CHECKPOINT_STEPS",
    "CLOCK_JUMP_MS",
    "COMMIT_PAUSE_MS",
    "COMMIT_WAIT_MS",
    "COMPRESSED_BYTES",
    "DEDUPLICATION_MS",
    "DRAIN_MS",
    "ERROR_CHARS",
    "EVENTS_KEPT",
    "EVENTS_PER_REQUEST",
    "EVENT_BYTES",
    "EVENT_ID_CHARS",
    "GUARD_REMEMBERED_CALLS",
    "IDEMPOTENCY_MS",
    "KEY_CHARS",
    "LISTED_ROWS",
    "LOOP_HELD_MS",
    "LOOP_WATCH_MS",
    "PRUNE_INTERVAL_MS",
    "REQUEST_BYTES",
    "RESULT_BYTES",
    "RETENTION_MS",
    "RETRIES_MAX",
    "RETRY_AFTER_MAX_MS",
    "RETRY_AFTER_MIN_MS",
    "RUNS_KEPT",
    "RUN_BYTES",
    "SCHEDULE_GRACE_MS",
    "SHADOW_QUEUE",
    "STEPS_PER_RUN",
    "STEPS_PER_RUN_MAX",
    "STORE_BUSY_MS",
    "STORE_CACHE_BYTES",
    "STORE_LOG_AHEAD_PAGES",
    "STORE_LOG_BYTES",
    "STORE_LOG_PAGES",
    "STUCK_BODIES",
    "SYNC_BODY_THREADS",
    "TS_MAX_MS",
    "TS_MIN_MS",
    "WAIT_MAX_MS",
    "WRITES_PER_TRANSACTION",
]

EVENTS_PER_REQUEST: Final = 5_000
"""Events in one request; a request is one transaction."""

EVENT_BYTES: Final = 512 * 1024
"""Bytes of one event's data as JSON: what other engines accept."""

EVENT_ID_CHARS: Final = 1_000
"""Characters of an event's `name`, `id` and `v`: they are parts of indexes, and of what is remembered for a day."""

STEPS_PER_RUN: Final = 1_000
"""Steps a run may ask for; a run is replayed from its start, so its length has a price."""

STEPS_PER_RUN_MAX: Final = 10_000
"""What STEPS_PER_RUN may be set to at most: beyond it a run is better split into several."""

RESULT_BYTES: Final = 4 * 1024 * 1024
"""Bytes of one step's or run's result as JSON."""

ERROR_CHARS: Final = 100_000
"""Characters of an error's message, and of its traceback, that are kept: far more than anybody reads."""

RUN_BYTES: Final = 32 * 1024 * 1024
"""Bytes of all results of one run: what a replay has to hold in memory."""

WAIT_MAX_MS: Final = 366 * 24 * 3_600_000
"""Longest sleep, wait or invoke: 366 days, as on other engines."""

RETRIES_MAX: Final = 20
"""Further attempts a step may ask for: as in specs and on other engines."""

RETRY_AFTER_MIN_MS: Final = 1_000
"""Shortest delay a RetryAfterError can ask for."""

RETRY_AFTER_MAX_MS: Final = 24 * 3_600_000
"""Longest delay a RetryAfterError can ask for."""

TS_MIN_MS: Final = 315_532_800_000
"""Earliest `ts` of an event: 1980-01-01, as on other engines."""

TS_MAX_MS: Final = 4_102_444_800_000
"""Latest `ts` of an event: 2100-01-01, as on other engines."""

DEDUPLICATION_MS: Final = 24 * 3_600_000
"""How long an event's id is remembered, and an occurrence of a schedule: 24 hours, as on other engines."""

IDEMPOTENCY_MS: Final = 24 * 3_600_000
"""How long an idempotency key is remembered: 24 hours, as on other engines."""

BATCH_BYTES: Final = 10 * 1024 * 1024
"""Bytes of the data of all events of a batch: they are held in memory together; 10 MiB, as on other engines."""

SCHEDULE_GRACE_MS: Final = 120_000
"""How late an occurrence of a schedule may be noticed before it counts as missed: a busy engine is no outage, and a
clock that jumps is noticed within a minute."""

ACTIVE_RUNS: Final = 1_000
"""Runs driven at once; more wait for a place. Each holds its handler and its recent results in memory."""

CHECKPOINT_INTERVAL_MS: Final = 10_000
"""How long finished steps wait for their commit where a spec's `checkpointing` does not say: what a crash may cost."""

CHECKPOINT_STEPS: Final = 1_000
"""How many finished steps wait for their commit where a spec's `checkpointing` does not say: as many as it could."""

CACHED_TURNS: Final = 256
"""Suspended handlers kept alive, so that a short wait costs no replay; beyond it the oldest is replayed when woken."""

SYNC_BODY_THREADS: Final = 32
"""Threads for plain-function step bodies; more bodies wait for a free thread."""

STUCK_BODIES: Final = 64
"""Plain-function bodies that go on after their timeouts and whose threads are replaced: some megabytes; who has more
has a fault that more threads do not mend."""

REQUEST_BYTES: Final = 32 * 1024 * 1024
"""Bytes of one request's body: it is held in memory as a whole and stored in one transaction."""

KEY_CHARS: Final = 1_000
"""Of the value of a key in flow control: it is kept with each run. A hash stands for the end of a longer one."""

LISTED_ROWS: Final = 1_000
"""Runs or events in one page of a list; for more, ask for the next page."""

LOOP_HELD_MS: Final = 500
"""How long code may hold the event loop before a warning names it: longer than replays take, too short to be missed."""

LOOP_WATCH_MS: Final = 250
"""How often a thread looks whether the event loop is held: soon enough to catch the culprit, too seldom to be felt."""

DRAIN_MS: Final = 10_000
"""How long a stopping server may finish what it has begun; then it is killed, and the next one takes up its runs."""

WRITES_PER_TRANSACTION: Final = 256
"""Writes that share one disk write: enough to make its cost vanish, few enough to hold up the loop for milliseconds."""

COMMIT_WAIT_MS: Final = 0.3
"""How long the event loop waits at a time for a commit: twice what one takes on a quiet disk."""

COMMIT_PAUSE_MS: Final = 2.0
"""How long the event loop does other work before it waits again, when the disk is slow."""

COMPRESSED_BYTES: Final = 4 * 1024
"""Payloads larger than this are compressed: below it a page of the file would seldom be saved."""

STORE_CACHE_BYTES: Final = 32 * 1024 * 1024
"""Pages kept in memory by the writing connection: the ends of all tables and indices of a busy store. A store
of many sleeping runs fills it."""

STORE_LOG_PAGES: Final = 4_000
"""Pages of 4 KiB in SQLite's log before they are copied into the file: 16 MiB, seldom enough not to be felt."""

STORE_LOG_AHEAD_PAGES: Final = 256
"""Pages by which the log is made longer at a time, before they are needed: 1 MiB, a few milliseconds now and then."""

STORE_LOG_BYTES: Final = 64 * 1024 * 1024
"""What the log's file is cut back to after a burst; up to then its space is used again."""

STORE_BUSY_MS: Final = 1_000
"""How long a write waits for a foreign program that has locked the file, such as a shell; all else waits with it."""

GUARD_REMEMBERED_CALLS: Final = 50_000
"""Called objects that the guard remembers to be harmless: more than any app has, few enough to forget them all."""

SHADOW_QUEUE: Final = 100
"""Finished runs that wait to be replayed by an engine that samples them: an hour's worth where runs are seldom, and
bounded where they are many."""

RETENTION_MS: Final = 30 * 24 * 3_600_000
"""How long finished runs and events are kept unless an engine is told otherwise: 30 days, what a question needs."""

RUNS_KEPT: Final = 1_000_000
"""Finished runs kept unless an engine is told otherwise: about a gigabyte of small ones."""

EVENTS_KEPT: Final = 1_000_000
"""Likewise of events."""

PRUNE_INTERVAL_MS: Final = 60_000
"""How often an engine looks for runs and events that need not be kept."""

CLOCK_JUMP_MS: Final = 3_600_000
"""How far the clock may be put forward under an engine before it stops deleting by age: more than any correction."""
