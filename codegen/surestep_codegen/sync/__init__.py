"""Brings the user's handler modules in step with the specs, and leaves every byte alone that needs no change."""
