"""Finds, without running anything, what handler code must not do between steps."""
