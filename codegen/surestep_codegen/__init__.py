"""Build time: from a checked project to Python."""
