"""Other descriptions of the same events: one module or package per target, pure, from a project to JSON or text."""
