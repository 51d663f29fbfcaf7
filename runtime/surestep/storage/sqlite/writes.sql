-- add_event
-- Keep an event.
INSERT INTO events (event_id, name, received_at_ms, ts_ms, id, v, data) VALUES (?, ?, ?, ?, ?, ?, ?);

-- has_event
-- Whether an event is stored.
SELECT EXISTS (SELECT 1 FROM events WHERE event_id = ?);

-- add_run
-- Create a run.
INSERT INTO runs (run_id, function_id, status, record_count, created_at_ms, triggered_by, event_ids, parent, queueing)
VALUES (?, ?, 'queued', 0, ?, ?, ?, ?, ?);

-- add_skipped_run
-- Record a run that was not created; its one record follows.
INSERT INTO runs (
    run_id, function_id, status, record_count, created_at_ms, ended_at_ms, triggered_by, event_ids, parent, queueing
) VALUES (?1, ?2, 'skipped', 1, ?3, ?3, ?4, ?5, ?6, ?7);

-- add_event_to_run
-- A run that has not begun gets one more event.
UPDATE runs SET event_ids = json_insert(event_ids, '$[#]', ?2) WHERE run_id = ?1;

-- replace_event_of_run
-- A run that has not begun gets another event, and what hangs on it.
UPDATE runs SET event_ids = ?2, queueing = ?3 WHERE run_id = ?1;

-- event_ids_of_run
-- What a run was started by, as JSON.
SELECT event_ids FROM runs WHERE run_id = ?;

-- holders
-- The runs that hold places in a group, newest first. A run that others may join holds one until it begins.
SELECT run_id, at_ms, until_ms, mark, size FROM places
WHERE group_key = ?1 AND (until_ms IS NULL OR until_ms > ?2) AND (
    size = 0 OR (
        EXISTS (
            SELECT 1 FROM timers
            WHERE timers.run_id = places.run_id AND step = '' AND occurrence = -1 AND purpose = 'start'
        ) AND NOT EXISTS (SELECT 1 FROM signals WHERE signals.run_id = places.run_id AND kind = 'cancel_asked')
    )
)
ORDER BY at_ms DESC, run_id DESC;

-- take_place
-- Let a run hold a place in a group; of one that it has already, only the instant of its beginning stays.
INSERT INTO places (run_id, at_ms, group_key, until_ms, mark, size) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms, mark = excluded.mark, size = excluded.size;

-- pause
-- Let no run of a function begin.
INSERT OR REPLACE INTO paused (function_id, mode) VALUES (?, ?);

-- resume
-- Let them begin again.
DELETE FROM paused WHERE function_id = ?;

-- give_places_up
-- A run has ended.
DELETE FROM places WHERE run_id = ? AND until_ms IS NULL;

-- schedules
-- What is known of schedules that catch up.
SELECT name, at_ms FROM schedules;

-- note_schedule
-- The latest occurrence of a schedule.
INSERT OR REPLACE INTO schedules (name, at_ms) VALUES (?, ?);

-- drop_schedule
-- The app has no such schedule any more.
DELETE FROM schedules WHERE name = ?;

-- add_trigger
-- Note that an event started a run.
INSERT OR IGNORE INTO triggers (event_id, run_id) VALUES (?, ?);

-- advance_run
-- Count the records of a checkpoint that leaves the status as it is; changes nothing if the checkpoint is stale.
UPDATE runs
SET record_count = record_count + ?3, started_at_ms = coalesce(started_at_ms, ?4)
WHERE run_id = ?1 AND record_count = ?2
AND status <> 'completed' AND status <> 'failed' AND status <> 'cancelled' AND status <> 'skipped';

-- advance_run_to
-- The same with a new status.
UPDATE runs
SET record_count = record_count + ?3, started_at_ms = coalesce(started_at_ms, ?4), status = ?5, ended_at_ms = ?6
WHERE run_id = ?1 AND record_count = ?2
AND status <> 'completed' AND status <> 'failed' AND status <> 'cancelled' AND status <> 'skipped';

-- add_record
-- Append to a history.
INSERT INTO records (run_id, seq, kind, head, value) VALUES (?, ?, ?, ?, ?);

-- set_timer
-- Set a timer in place of the one of the same run, step and purpose.
INSERT OR REPLACE INTO timers (run_id, step, occurrence, purpose, due_at_ms) VALUES (?, ?, ?, ?, ?);

-- due_timers
-- Timers due, earliest first.
SELECT run_id, step, occurrence, purpose, due_at_ms FROM timers
WHERE due_at_ms <= ? ORDER BY due_at_ms, run_id, step, occurrence, purpose LIMIT ?;

-- drop_timer
-- Remove one timer.
DELETE FROM timers WHERE run_id = ? AND step = ? AND occurrence = ? AND purpose = ?;

-- drop_step_timers
-- Remove all timers of a step.
DELETE FROM timers WHERE run_id = ? AND step = ? AND occurrence = ?;

-- drop_run_timers
-- Remove all timers of a run.
DELETE FROM timers WHERE run_id = ?;

-- add_waiter
-- Wait for an event, in place of what the same step waited for.
INSERT OR REPLACE INTO waiters (
    number, run_id, step, occurrence, event_name, match_path, match_value, condition, "trigger", until_ms,
    lookback_after
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- has_waiters
-- Whether anybody waits for events of a name: nobody does for most events.
SELECT EXISTS (SELECT 1 FROM waiters WHERE event_name = ?);

-- match_paths
-- The distinct paths at which events of a name are matched; one seek per path, however many waiters there are.
WITH RECURSIVE paths (path) AS (
    SELECT min(match_path) FROM waiters WHERE event_name = ?1
    UNION ALL
    SELECT (SELECT min(match_path) FROM waiters WHERE event_name = ?1 AND match_path > path)
    FROM paths WHERE path IS NOT NULL
)
SELECT path FROM paths WHERE path IS NOT NULL;

-- waiters_at
-- Waiters whose value at a path is this one.
SELECT
    number, run_id, step, occurrence, event_name, match_path, match_value, condition, "trigger", until_ms,
    lookback_after
FROM waiters WHERE event_name = ? AND match_path = ? AND match_value = ?;

-- waiters_anywhere
-- Waiters without a path: any event of the name will do, or a condition has to be asked.
SELECT
    number, run_id, step, occurrence, event_name, match_path, match_value, condition, "trigger", until_ms,
    lookback_after
FROM waiters WHERE event_name = ? AND match_path IS NULL;

-- drop_waiter
-- Remove one waiter.
DELETE FROM waiters WHERE number = ?;

-- drop_step_waiter
-- Remove the waiter of a step.
DELETE FROM waiters WHERE run_id = ? AND step = ? AND occurrence = ?;

-- drop_run_waiters
-- Remove all waiters of a run.
DELETE FROM waiters WHERE run_id = ?;

-- events_since
-- Stored events of a name, oldest first, for a waiter that looks back.
SELECT event_id, name, received_at_ms, ts_ms, id, v, data FROM events WHERE name = ? AND event_id > ? ORDER BY event_id;

-- events_on_their_way
-- Events that a run has been told of and has not yet taken note of.
SELECT number, kind, head, value FROM signals WHERE run_id = ? AND kind = 'event_arrived';

-- add_signal
-- Tell a run something.
INSERT INTO signals (number, run_id, kind, head, value) VALUES (?, ?, ?, ?, ?);

-- is_live
-- Whether a run can still be told something.
SELECT EXISTS (
    SELECT 1 FROM runs WHERE run_id = ?
    AND status <> 'completed' AND status <> 'failed' AND status <> 'cancelled' AND status <> 'skipped'
);

-- drop_signal
-- A run has taken note.
DELETE FROM signals WHERE number = ? AND run_id = ?;

-- drop_run_signals
-- Remove all signals of a run.
DELETE FROM signals WHERE run_id = ?;

-- epoch
-- The fencing token of whoever owns the file.
SELECT epoch FROM owner;

-- take_epoch
-- Become the owner.
UPDATE owner SET epoch = epoch + 1 RETURNING epoch;

-- last_number
-- The greatest number given to a waiter or signal that is still there.
SELECT max(coalesce((SELECT max(number) FROM waiters), 0), coalesce((SELECT max(number) FROM signals), 0));

-- add_key
-- Note that payloads are sealed with a key.
INSERT OR IGNORE INTO keys (key_id) VALUES (?);

-- prune_run
-- Delete a run that has ended, for good.
DELETE FROM runs WHERE run_id = ? AND status IN ('completed', 'failed', 'cancelled', 'skipped') RETURNING event_ids;

-- prune_records
-- Delete a history.
DELETE FROM records WHERE run_id = ?;

-- drop_trigger
-- An event need no longer be kept for a run.
DELETE FROM triggers WHERE event_id = ? AND run_id = ?;

-- prune_event
-- Delete an event that no run was started by.
DELETE FROM events WHERE event_id = ?1 AND NOT EXISTS (SELECT 1 FROM triggers WHERE event_id = ?1) RETURNING 1;

-- prune_places
-- Delete what flow control no longer counts, some at a time.
DELETE FROM places WHERE (group_key, run_id) IN (
    SELECT group_key, run_id FROM places WHERE until_ms <= ? LIMIT 500
);
