"""Where events, runs and histories are kept: one port, several adapters, one contract."""
