"""Other descriptions of the same events: one module per target, pure, from a checked project to plain JSON values."""
