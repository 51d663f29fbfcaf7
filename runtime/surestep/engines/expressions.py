"""Compiles the expressions of all functions when an engine starts: a wrong one is told then, and no event waits."""

from collections.abc import Iterable, Iterator

from surestep.core.conditions import condition_of
from surestep.core.keys import key_of, priority_of
from surestep.errors import ConfigurationError, StepUsageError
from surestep_dsl.flow import EventTrigger, FunctionOptions

__all__ = ["compile_expressions"]


def compile_expressions(functions: Iterable[FunctionOptions]) -> None:
    """Compile what functions say in expressions.

    Raises:
        ConfigurationError: one cannot be parsed.
    """
    for options in functions:
        try:
            for condition in _conditions(options):
                condition_of(condition)
            for key in _keys(options):
                key_of(key)
            if options.priority is not None:
                priority_of(options.priority)
        except StepUsageError as error:
            raise ConfigurationError(f"function {options.id}: {error}", "run `surestep check`") from None


def _conditions(options: FunctionOptions) -> Iterator[str]:
    stated = [trigger.condition for trigger in options.triggers if isinstance(trigger, EventTrigger)]
    stated += [rule.condition for rule in options.cancel_on]
    if options.batch_events is not None:
        stated.append(options.batch_events.condition)
    yield from (condition for condition in stated if condition)


def _keys(options: FunctionOptions) -> Iterator[str]:
    keyed = (options.throttle, options.rate_limit, options.debounce, options.singleton, options.batch_events)
    stated = [rule.key for rule in (*keyed, *options.concurrency) if rule is not None]
    yield from (key for key in (*stated, options.idempotency) if key is not None)
