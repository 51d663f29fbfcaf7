"""Where a run stands in its queue: as if it had come some seconds earlier or later."""

__all__ = ["position_ms"]


def position_ms(start_at_ms: int, seconds: int) -> int:
    """The lowest goes first. `seconds` is bounded, so nothing that comes later than that can overtake: none starves."""
    return start_at_ms - seconds * 1_000
