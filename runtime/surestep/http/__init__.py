"""The HTTP API: a thin border that turns requests into calls of an engine and answers into JSON."""
