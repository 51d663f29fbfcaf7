-- Instants are Unix milliseconds. A step is (step, occurrence); ('', -1) stands for the run itself.

-- One row: the fencing token. Whoever opens the file takes the next epoch; a writer with an older one has lost the file.
CREATE TABLE owner (
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO owner (epoch) VALUES (0);

-- Events as received, each once. `id` and `ts_ms` are null where they equal event_id and received_at_ms.
CREATE TABLE events (
    event_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    ts_ms INTEGER,
    id TEXT,
    v TEXT,
    data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_name ON events (name, event_id);

-- Runs. `event_ids` and `parent` are JSON; `record_count` guards against stale checkpoints.
CREATE TABLE runs (
    run_id TEXT NOT NULL PRIMARY KEY,
    function_id TEXT NOT NULL,
    status TEXT NOT NULL,
    record_count INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    ended_at_ms INTEGER,
    triggered_by TEXT NOT NULL,
    event_ids TEXT NOT NULL,
    dedup_id TEXT,
    parent TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_function ON runs (function_id, run_id);
CREATE INDEX runs_by_status ON runs (status, run_id);
CREATE INDEX runs_by_dedup_id ON runs (function_id, dedup_id, created_at_ms) WHERE dedup_id IS NOT NULL;

-- Which events started which runs.
CREATE TABLE triggers (
    event_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (event_id, run_id)
) STRICT, WITHOUT ROWID;

-- Histories, append-only.
CREATE TABLE records (
    run_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    head TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (run_id, seq)
) STRICT, WITHOUT ROWID;

-- What will happen by itself.
CREATE TABLE timers (
    run_id TEXT NOT NULL,
    step TEXT NOT NULL,
    occurrence INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    PRIMARY KEY (run_id, step, occurrence, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at_ms);

-- Who waits for which event. A cancel_on has no step, and a run may have several; hence nulls, which are never equal.
CREATE TABLE waiters (
    number INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    step TEXT,
    occurrence INTEGER,
    event_name TEXT NOT NULL,
    match_path TEXT,
    match_value TEXT,
    condition TEXT,
    "trigger" BLOB NOT NULL,
    until_ms INTEGER,
    UNIQUE (run_id, step, occurrence)
) STRICT;
CREATE INDEX waiters_by_match ON waiters (event_name, match_path, match_value);

-- What runs have been told and not yet taken note of.
CREATE TABLE signals (
    number INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    head TEXT NOT NULL,
    value BLOB NOT NULL
) STRICT;
CREATE INDEX signals_by_run ON signals (run_id);
