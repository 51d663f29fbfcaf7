"""What a run asks of flow control: which policies, and in which group each counts it. Keys are evaluated here, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from surestep.core.conditions import Condition
from surestep.core.keys import key_of, priority_of
from surestep.core.policies.batch import Batched
from surestep.core.policies.debounce import Debounced
from surestep.core.policies.deduplication import Deduplication
from surestep.core.policies.groups import group_name
from surestep.core.policies.occurrence import Occurrence
from surestep.core.policies.order import Claim, Rule
from surestep.core.policies.pause import Paused, PauseMode
from surestep.core.policies.priority import position_ms
from surestep.core.policies.queueing import Queueing
from surestep.core.policies.rate_limit import IDEMPOTENCY, Window
from surestep.storage.matched import event_value
from surestep.storage.port import StoredEvent
from surestep_dsl.expr import EventValue
from surestep_dsl.flow import Concurrency, FunctionOptions

__all__ = ["ByEventId", "ByOccurrence", "Origin", "joining_keys", "plan_claims", "plan_queueing"]

_NO_CLAIMS: Final = (None,) * 5

_ABSENT: Final = "false"
"""A singleton whose key is false does not apply, as on other engines."""


@dataclass(frozen=True, slots=True)
class ByEventId:
    """A run started by an event with an id of its sender's."""

    id: str


@dataclass(frozen=True, slots=True)
class ByOccurrence:
    """A run started by an occurrence of a schedule, which is due at `at_ms`."""

    cron: str
    timezone: str
    at_ms: int


Origin = ByEventId | ByOccurrence
"""What must start a function only once."""


class _Keys:
    """The keys of a run, each evaluated once; most functions have none."""

    def __init__(self, function_id: str, event: StoredEvent) -> None:
        self._function_id = function_id
        self._event = event
        self._seen: EventValue | None = None

    @property
    def seen(self) -> EventValue:
        """The event as expressions see it."""
        if self._seen is None:
            self._seen = event_value(self._event)
        return self._seen

    def value(self, text: str) -> str | None:
        """The value of a key; None where it fails."""
        return key_of(text).value(self.seen, now_ms=self._event.received_at_ms)

    def claim(self, rule: Rule, policy: str, key: str | None) -> Claim:
        """The question to a policy with or without a key."""
        if key is None:
            return Claim(rule, group_name(policy, self._function_id))
        value = self.value(key)
        return Claim(rule, group_name(policy, self._function_id, value), "" if value is None else value)

    def group(self, policy: str, key: str | None, *place: str) -> str:
        """The group that a run is queued in."""
        return group_name(policy, *place, *(() if key is None else (self.value(key),)))

    def holds(self, condition: str | None) -> bool:
        """Whether a condition is true of the event."""
        return condition is None or Condition(condition).holds(self.seen, None, now_ms=self._event.received_at_ms)


def plan_claims(
    options: FunctionOptions,
    event: StoredEvent,
    origin: Origin | None,
    paused: PauseMode | None,
    joins_from_ms: int | None,
) -> tuple[Claim, ...]:
    """The claims of a run of a function for an event.

    Args:
        options: of the function.
        event: what starts the run.
        origin: what must start it only once.
        paused: what happens to events if the function is paused.
        joins_from_ms: it may join another run or be joined, and begins at this instant or later; None for neither.
    """
    if origin is None and paused is None and not _has_claims(options):  # most runs
        return ()
    keys = _Keys(options.id, event)
    claims = list(_of_origin(options.id, origin))
    if joins_from_ms is not None:
        claims += _of_joining(options, keys, event, joins_from_ms)
    if options.rate_limit is not None:
        limit = options.rate_limit
        claims.append(keys.claim(Window("rate_limit", limit.limit, limit.period_ms), "rate_limit", limit.key))
    if options.idempotency is not None:
        claims.append(keys.claim(IDEMPOTENCY, "idempotency", options.idempotency))
    if options.singleton is not None:
        claim = keys.claim(options.singleton, "singleton", options.singleton.key)
        if options.singleton.key is None or claim.key != _ABSENT:
            claims.append(claim)
    if paused is PauseMode.SKIP:
        claims.append(keys.claim(Paused(), "pause", None))
    return tuple(claims)


def plan_queueing(options: FunctionOptions, event: StoredEvent, start_at_ms: int) -> Queueing | None:
    """What a run of a function may wait for before it begins and goes on, and where it stands; None for all others."""
    if options.throttle is None and not options.concurrency and options.priority is None:
        return None
    keys = _Keys(options.id, event)
    throttle = None if options.throttle is None else keys.group("throttle", options.throttle.key, options.id)
    seconds = 0
    if options.priority is not None:
        seconds = priority_of(options.priority).value(keys.seen, now_ms=event.received_at_ms)
    concurrency = (_group_of(options.id, at, rule, keys) for at, rule in enumerate(options.concurrency))
    return Queueing(position_ms(start_at_ms, seconds), throttle, tuple(concurrency))


def joining_keys(options: FunctionOptions, event: StoredEvent) -> Iterator[tuple[str, str | None]]:
    """The policies under which events may join a run that has this one, each with the value of its key."""
    keys = _Keys(options.id, event)
    batch, debounce = options.batch_events, options.debounce
    if batch is not None and keys.holds(batch.condition):
        yield "batch_events", None if batch.key is None else keys.value(batch.key)
    if debounce is not None:
        yield "debounce", None if debounce.key is None else keys.value(debounce.key)


def _has_claims(options: FunctionOptions) -> bool:
    stated = (options.batch_events, options.rate_limit, options.idempotency, options.debounce, options.singleton)
    return stated != _NO_CLAIMS


def _group_of(function_id: str, at: int, rule: Concurrency, keys: _Keys) -> str:
    """Limits of the app share their group by the text of the key."""
    if rule.scope == "app":
        return keys.group("concurrency", rule.key, "app", f"{rule.per} {rule.key}")
    return keys.group("concurrency", rule.key, function_id, str(at))


def _of_origin(function_id: str, origin: Origin | None) -> Iterator[Claim]:
    match origin:
        case ByEventId(event_id):
            yield Claim(Deduplication(), group_name("deduplication", function_id, event_id))
        case ByOccurrence(cron, timezone, at_ms):
            yield Claim(Occurrence(at_ms), group_name("occurrence", function_id, cron, timezone, str(at_ms)))
        case None:
            return


def _of_joining(options: FunctionOptions, keys: _Keys, event: StoredEvent, start_at_ms: int) -> Iterator[Claim]:
    """Policies under which an event may join a run that has not begun."""
    if options.batch_events is not None and keys.holds(options.batch_events.condition):
        batch = options.batch_events
        yield keys.claim(Batched(batch.max_size, batch.timeout_ms, len(event.data)), "batch", batch.key)
    if options.debounce is not None:
        debounce = options.debounce
        rule = Debounced(debounce.period_ms, debounce.timeout_ms, start_at_ms, event.ts_ms)
        yield keys.claim(rule, "debounce", debounce.key)
