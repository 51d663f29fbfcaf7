"""What a run does, as values in and values out: no clock, database, loop or randomness."""
