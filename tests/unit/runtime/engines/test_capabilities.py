"""An engine refuses what it does not honour, all of it at once."""

import pytest

from surestep.engines.capabilities import EMBEDDED, check_capabilities
from surestep.errors import ConfigurationError
from surestep_dsl.flow import CronTrigger, EventTrigger, FunctionOptions, Retries, Throttle


def test_options_that_are_honoured_pass() -> None:
    options = FunctionOptions(id="a", triggers=(EventTrigger("x/y"), CronTrigger("0 0 * * *")), retries=Retries(1))

    check_capabilities([options], EMBEDDED, "embedded")


def test_every_option_that_is_not_honoured_is_named_with_its_function() -> None:
    throttled = FunctionOptions(id="a", throttle=Throttle(1, 1000), priority="1")
    late = FunctionOptions(id="b", idempotency="event.data.id")

    with pytest.raises(ConfigurationError) as caught:
        check_capabilities([throttled, late], EMBEDDED - {"throttle", "priority", "idempotency"}, "embedded")

    assert str(caught.value) == (
        "the embedded engine does not honour some options yet:\n"
        "  function a: throttle\n"
        "  function a: priority\n"
        "  function b: idempotency"
    )
