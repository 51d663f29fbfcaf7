"""How random tests draw: freely at a desk, the same each time in CI, where chance should stop nobody."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from hypothesis import HealthCheck, settings

_CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that takes a break is no failure."""

IS_AGAIN = bool(os.environ.get("SURESTEP_AGAIN"))
"""The same tests have just passed on another Python: random tests draw less."""


def enough(number: int) -> int:
    """How many examples to draw where so many make sure."""
    return max(number // 4, 1) if IS_AGAIN else number


def calls_of(work: Callable[[], object]) -> int:
    """How many calls something makes: what it costs, the same on every machine."""
    calls = 0

    def count(_frame: FrameType, event: str, _called: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


settings.register_profile("desk", _CALM)
settings.register_profile("ci", _CALM, derandomize=True, max_examples=enough(_CALM.max_examples))
settings.load_profile("ci" if os.environ.get("CI") else "desk")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background lets them ignore Ctrl-C, and so would the servers they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
