"""Starts spaced evenly, a burst of them at once after a quiet time; nothing is dropped.

The generic cell rate algorithm. A group remembers one number, its pace: the instant in microseconds at which it would
be back at rest if nothing more began. Each start moves it on by period / limit. One may begin while the pace is at
most `burst - 1` such distances ahead of now. Distances are rounded up to the microsecond, so no start comes too early.
"""

from surestep.core.policies.admission import Admit, Defer
from surestep_dsl.flow import Throttle

__all__ = ["admit", "bound_pace", "spacing_us"]


def spacing_us(rule: Throttle) -> int:
    """Between two starts that wait for each other."""
    return -(-rule.period_ms * 1_000 // rule.limit)


def bound_pace(rule: Throttle, pace_us: int, now_ms: int) -> int:
    """No further ahead than starts can lead it: a clock that was put back must not stop the group for as long."""
    return min(pace_us, now_ms * 1_000 + _burst(rule) * spacing_us(rule))


def admit(rule: Throttle, pace_us: int, now_ms: int) -> Admit | Defer:
    """The place that is held until the pace has passed carries it as its mark."""
    spacing = spacing_us(rule)
    opens_us = pace_us - (_burst(rule) - 1) * spacing
    if opens_us > now_ms * 1_000:
        return Defer(-(-opens_us // 1_000))
    pace_us = max(pace_us, now_ms * 1_000) + spacing
    return Admit(-(-pace_us // 1_000), mark=pace_us)


def _burst(rule: Throttle) -> int:
    """A throttle that lets none begin would be a pause."""
    return max(rule.burst, 1)
