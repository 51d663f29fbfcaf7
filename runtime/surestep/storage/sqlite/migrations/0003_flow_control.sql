-- Which runs hold places in the groups that flow control counts. A place is given up at an instant, or at the end of
-- its run where there is none. A group names its policy: it is a JSON array.
CREATE TABLE places (
    group_key TEXT NOT NULL,
    run_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    until_ms INTEGER,
    PRIMARY KEY (group_key, run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX places_by_run ON places (run_id) WHERE until_ms IS NULL;
CREATE INDEX places_by_end ON places (until_ms) WHERE until_ms IS NOT NULL;

INSERT INTO places (group_key, run_id, at_ms, until_ms)
SELECT json_array('deduplication', function_id, dedup_id), run_id, created_at_ms, created_at_ms + 86400000
FROM runs WHERE dedup_id IS NOT NULL;
DROP INDEX runs_by_dedup_id;
ALTER TABLE runs DROP COLUMN dedup_id;

-- The latest occurrence of each schedule that catches up on what it missed.
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
