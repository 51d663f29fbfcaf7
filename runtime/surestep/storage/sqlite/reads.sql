-- run
-- A run with its first event, how many records it has, whether it has signals, and when it is to begin if that is later.
SELECT
    run_id, function_id, status, event_ids, created_at_ms, triggered_by, started_at_ms, ended_at_ms, parent, queueing,
    event_id, events.name, received_at_ms, ts_ms, events.id, v, data,
    record_count,
    EXISTS (SELECT 1 FROM signals WHERE signals.run_id = runs.run_id),
    (
        SELECT due_at_ms FROM timers
        WHERE timers.run_id = runs.run_id AND step = '' AND occurrence = -1 AND purpose = 'start'
    )
FROM runs LEFT JOIN events ON event_id = event_ids ->> 0
WHERE run_id = ?;

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
SELECT run_id, function_id, status, event_ids, created_at_ms, triggered_by, started_at_ms, ended_at_ms, parent, queueing
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

-- queued_runs
-- Live runs that flow control counts, oldest first; except those that are to begin later.
SELECT
    run_id, function_id, queueing,
    started_at_ms IS NOT NULL OR EXISTS (
        SELECT 1 FROM places WHERE group_key = queueing ->> 1 AND places.run_id = runs.run_id AND until_ms > ?
    ),
    EXISTS (SELECT 1 FROM signals WHERE signals.run_id = runs.run_id)
FROM runs
WHERE status IN ('queued', 'running', 'waiting', 'blocked') AND queueing IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM timers WHERE timers.run_id = runs.run_id AND step = '' AND occurrence = -1 AND purpose = 'start'
)
ORDER BY run_id;

-- paces
-- What the throttles have come to.
SELECT group_key, max(mark) FROM places
WHERE group_key > '["throttle",' AND group_key < '["throttle-' AND until_ms > ?
GROUP BY group_key ORDER BY group_key;

-- put_off
-- Runs with a START timer by function and by the group in which events may join them; and how many there are in all.
WITH joinable AS (
    SELECT group_key, run_id, size FROM places WHERE group_key > '["batch",' AND group_key < '["batch-' AND size > 0
    UNION ALL
    SELECT group_key, run_id, size FROM places WHERE group_key > '["debounce",' AND group_key < '["debounce-' AND size > 0
), put_off AS (
    SELECT function_id, group_key, count(*) AS runs, total(size) AS events, min(due_at_ms) AS start_at_ms
    FROM timers JOIN runs USING (run_id) LEFT JOIN joinable USING (run_id)
    WHERE step = '' AND occurrence = -1 AND purpose = 'start' AND (?1 IS NULL OR function_id = ?1)
    GROUP BY function_id, group_key
)
SELECT function_id, group_key, runs, CAST(events AS INTEGER), start_at_ms, count(*) OVER (), sum(runs) OVER ()
FROM put_off ORDER BY runs DESC, start_at_ms, function_id, group_key LIMIT ?2;

-- paused
-- Functions that are paused.
SELECT function_id, mode FROM paused ORDER BY function_id;

-- next_due
-- When the earliest timer is due.
SELECT min(due_at_ms) FROM timers;

-- keys
-- Keys that payloads may be sealed with.
SELECT key_id FROM keys;

-- count_stored
-- How many finished runs and events there are, and the oldest event that a live run was started by.
SELECT
    (SELECT count(*) FROM runs WHERE status IN ('completed', 'failed', 'cancelled', 'skipped')),
    (SELECT count(*) FROM events),
    (
        SELECT min(value) FROM runs, json_each(event_ids)
        WHERE status IN ('queued', 'running', 'waiting', 'blocked')
    );

-- finished_runs
-- Finished runs with the rows they take, oldest first.
SELECT run_id, record_count + 2, created_at_ms, coalesce(ended_at_ms, created_at_ms) FROM (
    SELECT * FROM runs WHERE status = 'completed' AND run_id > ?1
    UNION ALL
    SELECT * FROM runs WHERE status = 'failed' AND run_id > ?1
    UNION ALL
    SELECT * FROM runs WHERE status = 'cancelled' AND run_id > ?1
    UNION ALL
    SELECT * FROM runs WHERE status = 'skipped' AND run_id > ?1
    ORDER BY run_id
);

-- events_to_prune
-- Events, oldest first, each with whether a run was started by it.
SELECT
    event_id, 1, received_at_ms, received_at_ms,
    EXISTS (SELECT 1 FROM triggers WHERE triggers.event_id = events.event_id)
FROM events
WHERE event_id > ?1 AND (?2 IS NULL OR event_id < ?2)
ORDER BY event_id;

-- runs_to_inspect
-- Every run with what its history must agree with.
SELECT run_id, status, record_count FROM runs ORDER BY run_id;

-- numbered_records_of_run
-- A run's history with its numbers.
SELECT seq, kind, head, value FROM records WHERE run_id = ? ORDER BY seq;

-- strays
-- Rows that lack what they belong to, as sentences, at most so many.
WITH live AS (SELECT run_id FROM runs WHERE status IN ('queued', 'running', 'waiting', 'blocked'))
SELECT * FROM (
    SELECT 'a timer belongs to run ' || run_id || ', which has ended or is gone' FROM timers WHERE run_id NOT IN live
    UNION ALL
    SELECT 'a waiter belongs to run ' || run_id || ', which has ended or is gone' FROM waiters WHERE run_id NOT IN live
    UNION ALL
    SELECT 'a signal belongs to run ' || run_id || ', which has ended or is gone' FROM signals WHERE run_id NOT IN live
    UNION ALL
    SELECT 'records belong to run ' || run_id || ', which is gone'
    FROM (SELECT DISTINCT run_id FROM records) WHERE run_id NOT IN (SELECT run_id FROM runs)
    UNION ALL
    SELECT 'run ' || run_id || ' was started by event ' || value || ', which is gone'
    FROM runs, json_each(event_ids) WHERE value NOT IN (SELECT event_id FROM events)
    UNION ALL
    SELECT 'event ' || event_id || ' is said to have started run ' || run_id || ', which is gone'
    FROM triggers WHERE run_id NOT IN (SELECT run_id FROM runs)
    UNION ALL
    SELECT 'there are ' || count(*) || ' owners instead of one' FROM owner HAVING count(*) <> 1
) LIMIT ?;
