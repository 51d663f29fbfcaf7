-- run
-- A run without its history.
SELECT run_id, function_id, status, event_ids, created_at_ms, triggered_by, started_at_ms, ended_at_ms, parent
FROM runs WHERE run_id = ?;

-- events_of_run
-- The events that started a run, in the order of the batch.
SELECT event_id, name, received_at_ms, ts_ms, events.id, v, data
FROM json_each(?) AS asked JOIN events ON event_id = asked.value ORDER BY asked.key;

-- records_of_run
-- A run's history.
SELECT kind, head, value FROM records WHERE run_id = ? ORDER BY seq;

-- signals_of_run
-- What a run has not yet taken note of.
SELECT number, kind, head, value FROM signals WHERE run_id = ? ORDER BY number;

-- runs
-- Runs, newest first. Only the conditions that are asked are part of the statement, so that an index serves them.
SELECT run_id, function_id, status, event_ids, created_at_ms, triggered_by, started_at_ms, ended_at_ms, parent
FROM runs WHERE {conditions} ORDER BY run_id DESC LIMIT :limit;

-- events
-- Events, newest first.
SELECT event_id, name, received_at_ms, ts_ms, id, v, data
FROM events WHERE {conditions} ORDER BY event_id DESC LIMIT :limit;

-- ready_runs
-- Runs with something to do, oldest first.
SELECT run_id FROM runs WHERE status = 'running'
UNION
SELECT run_id FROM runs WHERE status = 'queued' AND NOT EXISTS (
    SELECT 1 FROM timers WHERE timers.run_id = runs.run_id AND purpose = 'start'
)
UNION
SELECT run_id FROM signals
ORDER BY run_id;

-- next_due
-- When the earliest timer is due.
SELECT min(due_at_ms) FROM timers;

-- keys
-- Keys that payloads may be sealed with.
SELECT key_id FROM keys;
