-- A step that looks back does not share events with other steps of its run, not even those that come while it waits.
ALTER TABLE waiters ADD COLUMN lookback_after TEXT;
