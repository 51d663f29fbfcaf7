"""The expression language: CEL as the reference speaks it, checked against the events' own types."""
