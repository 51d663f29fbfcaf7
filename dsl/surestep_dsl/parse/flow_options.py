"""Parses flow control, retries and timeouts, each with its range.

The ranges stand here, where they are read; what the options do is documented in `flow`.
"""

from enum import StrEnum
from typing import Final

from surestep_dsl.flow import (
    DEFAULT_RETRIES,
    Backoff,
    BatchEvents,
    CancelOn,
    Checkpointing,
    Concurrency,
    Debounce,
    RateLimit,
    Retries,
    Singleton,
    SingletonMode,
    Throttle,
    Timeouts,
)
from surestep_dsl.nodes import MappingNode, Node, ScalarNode
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, before_broken, describe

__all__ = [
    "LONGEST",
    "MAX_RETRIES",
    "parse_backoff",
    "parse_batch_events",
    "parse_cancel_on",
    "parse_checkpointing",
    "parse_concurrency",
    "parse_debounce",
    "parse_rate_limit",
    "parse_retries",
    "parse_singleton",
    "parse_throttle",
    "parse_timeouts",
]

MAX_RETRIES: Final = 20
_MAX_CONCURRENCY_ENTRIES: Final = 2
_MAX_CANCEL_ON: Final = 5
LONGEST: Final = "366d"
"""Of everything that waits: a timer or waiter that nobody remembers costs storage for ever."""


class _Scope(StrEnum):
    FUNCTION = "function"
    APP = "app"


class _Per(StrEnum):
    STEP = "step"
    RUN = "run"


def parse_retries(keys: KeyReader) -> Retries:
    """A number, or a limit with a backoff."""
    node = keys.optional("retries")
    if node is None:
        return DEFAULT_RETRIES
    if isinstance(node, ScalarNode):
        limit = keys.integer_of(node, "retries", 0, MAX_RETRIES)
        return DEFAULT_RETRIES if limit is None else Retries(limit)
    inner = KeyReader(
        node, "`retries`", ("limit", "backoff"), keys.findings, hint="write a number, or {limit, backoff}"
    )
    limit = inner.integer("limit", 0, MAX_RETRIES)
    return Retries(DEFAULT_RETRIES.limit if limit is None else limit, parse_backoff(inner))


def parse_backoff(keys: KeyReader) -> Backoff | None:
    """Delays between attempts."""
    inner = _inner(keys, "backoff", ("initial", "factor", "max", "jitter"))
    if inner is None:
        return None
    initial_ms = inner.duration("initial", "0s", "1h", required=True)
    factor = inner.number("factor", 1, 10)
    max_ms, jitter_ms = inner.duration("max", "1s", "24h"), inner.duration("jitter", "0s", "10m")
    if initial_ms is None:
        return None
    backoff = Backoff(initial_ms)
    return Backoff(
        initial_ms,
        backoff.factor if factor is None else factor,
        backoff.max_ms if max_ms is None else max_ms,
        backoff.jitter_ms if jitter_ms is None else jitter_ms,
    )


def parse_concurrency(keys: KeyReader) -> tuple[Concurrency, ...]:
    """A number, one mapping, or up to two of them."""
    items = keys.items("concurrency", single=True)
    if len(items) > _MAX_CONCURRENCY_ENTRIES:
        message = f"`concurrency` has at most {_MAX_CONCURRENCY_ENTRIES} entries, not {len(items)}"
        keys.findings.add("S114", message, keys.key_span("concurrency"))
    return before_broken([_parse_concurrency_entry(item, keys) for item in items])


def _parse_concurrency_entry(node: Node, keys: KeyReader) -> Concurrency | None:
    if isinstance(node, ScalarNode):
        limit = keys.integer_of(node, "concurrency", 1, None)
        return None if limit is None else Concurrency(limit)
    inner = KeyReader(node, "`concurrency`", ("limit", "key", "scope", "per"), keys.findings)
    limit, key = inner.integer("limit", 1, None, required=True), inner.text("key")
    scope, per = inner.choice("scope", _Scope) or _Scope.FUNCTION, inner.choice("per", _Per) or _Per.STEP
    if scope is _Scope.APP and not inner.has("key"):
        hint = "runs of all functions with an equal key text share the limit"
        keys.findings.add("F105", "`scope: app` needs a `key`", inner.key_span("scope"), hint)
    if limit is None:
        return None
    return Concurrency(limit, key, "app" if scope is _Scope.APP else "function", "run" if per is _Per.RUN else "step")


def parse_throttle(keys: KeyReader) -> Throttle | None:
    """Limit, period, burst, key."""
    inner = _inner(keys, "throttle", ("limit", "period", "burst", "key"))
    if inner is None:
        return None
    limit, period_ms = (
        inner.integer("limit", 1, None, required=True),
        inner.duration("period", "1s", "7d", required=True),
    )
    burst, key = inner.integer("burst", 0, 1_000), inner.text("key")
    if limit is None or period_ms is None:
        return None
    return Throttle(limit, period_ms, 1 if burst is None else burst, key)


def parse_rate_limit(keys: KeyReader) -> RateLimit | None:
    """Limit, period, key."""
    inner = _inner(keys, "rate_limit", ("limit", "period", "key"))
    if inner is None:
        return None
    limit, period_ms = (
        inner.integer("limit", 1, None, required=True),
        inner.duration("period", "1s", "24h", required=True),
    )
    key = inner.text("key")
    return None if limit is None or period_ms is None else RateLimit(limit, period_ms, key)


def parse_debounce(keys: KeyReader) -> Debounce | None:
    """Period, key, timeout (at least the period)."""
    inner = _inner(keys, "debounce", ("period", "key", "timeout"))
    if inner is None:
        return None
    period_ms, key = inner.duration("period", "1s", "7d", required=True), inner.text("key")
    timeout_ms = inner.duration("timeout", "1s", LONGEST)
    if period_ms is None:
        return None
    if timeout_ms is not None and timeout_ms < period_ms:
        keys.findings.add(
            "S109", "the `timeout` of a debounce must be at least its `period`", inner.key_span("timeout")
        )
    return Debounce(period_ms, key, timeout_ms)


def parse_singleton(keys: KeyReader) -> Singleton | None:
    """Mode, key."""
    inner = _inner(keys, "singleton", ("mode", "key"))
    if inner is None:
        return None
    mode, key = inner.choice("mode", SingletonMode, required=True), inner.text("key")
    return None if mode is None else Singleton(mode, key)


def parse_batch_events(keys: KeyReader) -> BatchEvents | None:
    """Size, timeout, key, condition."""
    inner = _inner(keys, "batch_events", ("max_size", "timeout", "key", "if"))
    if inner is None:
        return None
    max_size = inner.integer("max_size", 2, 1_000, required=True)
    timeout_ms = inner.duration("timeout", "1s", "10m", required=True)
    key, condition = inner.text("key"), inner.text("if")
    return None if max_size is None or timeout_ms is None else BatchEvents(max_size, timeout_ms, key, condition)


def parse_cancel_on(keys: KeyReader) -> tuple[CancelOn, ...]:
    """Up to five events that cancel a run."""
    items = keys.items("cancel_on", single=True)
    if len(items) > _MAX_CANCEL_ON:
        message = f"`cancel_on` has at most {_MAX_CANCEL_ON} entries, not {len(items)}"
        keys.findings.add("S114", message, keys.key_span("cancel_on"))
    return before_broken([_parse_cancel_on_entry(item, keys.findings) for item in items])


def _parse_cancel_on_entry(node: Node, findings: Findings) -> CancelOn | None:
    if not isinstance(node, MappingNode):
        hint = "write `{event: order/cancelled, match: data.orderId}`"
        findings.add("S103", f"an entry of `cancel_on` must be a mapping, not {describe(node)}", node.span, hint)
        return None
    keys = KeyReader(node, "`cancel_on`", ("event", "match", "if", "timeout"), findings)
    event = keys.scalar("event", required=True)
    match, condition = keys.text("match"), keys.text("if")
    timeout_ms = keys.duration("timeout", "1s", LONGEST)
    if keys.has("match") and keys.has("if"):
        hint = "write the match into the condition: event.data.a == async.data.a"
        findings.add("S113", "`match` and `if` exclude each other", keys.key_span("if"), hint)
    if event is None:
        return None
    findings.use(UseKind.CANCEL, event.text, event)
    return CancelOn(event.text, match, condition, timeout_ms)


def parse_timeouts(keys: KeyReader) -> Timeouts | None:
    """`start` and `finish`; `run` is another name of `finish`."""
    inner = _inner(keys, "timeouts", ("start", "finish", "run"))
    if inner is None:
        return None
    start_ms = inner.duration("start", "1s", LONGEST)
    finish_ms, run_ms = inner.duration("finish", "1s", LONGEST), inner.duration("run", "1s", LONGEST)
    if inner.has("finish") and inner.has("run"):
        message = "`run` is another name of `finish`; both are written"
        keys.findings.add("S113", message, max(inner.key_span("run"), inner.key_span("finish")), "remove `run`")
    return Timeouts(start_ms, run_ms if finish_ms is None else finish_ms)


def parse_checkpointing(keys: KeyReader) -> Checkpointing | None:
    """Longest time and most steps between two checkpoints."""
    inner = _inner(keys, "checkpointing", ("max_runtime", "buffered_steps", "max_interval"))
    if inner is None:
        return None
    return Checkpointing(
        inner.duration("max_runtime", "1s", "1h"),
        inner.integer("buffered_steps", 1, 1_000),
        inner.duration("max_interval", "1s", "1h"),
    )


def _inner(keys: KeyReader, key: str, allowed: tuple[str, ...]) -> KeyReader | None:
    """A reader of the mapping under `key`; None where the key is not written or empty."""
    node = keys.optional(key)
    if node is None:
        return None
    hint = f"write `{key}: {{{allowed[0]}: ...}}`, with {', '.join(allowed)}"
    return KeyReader(node, f"`{key}`", allowed, keys.findings, where=keys.key_span(key), hint=hint)
