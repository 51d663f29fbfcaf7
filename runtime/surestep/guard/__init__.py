"""The guard: code between steps may not do what differs from one replay to the next."""
