-- Ids of the keys that payloads in this file may be sealed with, so that a missing key is told when the file is opened.
CREATE TABLE keys (
    key_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
