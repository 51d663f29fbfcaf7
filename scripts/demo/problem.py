"""Why the demo can stop early."""

__all__ = ["DemoError"]


class DemoError(Exception):
    """The demo cannot go on; the message says why."""
