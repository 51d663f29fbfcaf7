"""Mends of findings: which of them can be applied without asking, and which are only offered."""
