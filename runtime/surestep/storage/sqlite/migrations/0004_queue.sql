-- What policies note about the runs that hold places. `size` counts the events of a run that others may join until it
-- begins, and is 0 for all others.
ALTER TABLE places ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
ALTER TABLE places ADD COLUMN size INTEGER NOT NULL DEFAULT 0;

-- What a run waits for before it begins and goes on, as JSON; null for nothing.
ALTER TABLE runs ADD COLUMN queueing TEXT;

-- Functions that are paused, each with what happens to events meanwhile.
CREATE TABLE paused (
    function_id TEXT NOT NULL PRIMARY KEY,
    mode TEXT NOT NULL
) STRICT, WITHOUT ROWID;
