"""Parses triggers: an event with its condition, or a cron with its time zone."""

import re
from typing import Final

from surestep_dsl.flow import CatchUp, CronTrigger, EventTrigger, Trigger
from surestep_dsl.nodes import MappingNode, Node, ScalarNode
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, before_broken, describe

__all__ = ["parse_triggers"]

_EVENT_KEYS: Final = ("event", "if")
_CRON_KEYS: Final = ("cron", "timezone", "jitter", "catch_up")
_MAX_TRIGGERS: Final = 10
_HINT: Final = 'write `{event: order/created}` or `{cron: "0 12 * * *"}`'
_ZONE_PREFIX: Final = re.compile(r"(?:CRON_)?TZ=(?P<zone>\S*)\s+(?P<cron>.*)")


def parse_triggers(keys: KeyReader) -> tuple[Trigger, ...]:
    """1 to 10 triggers; no key at all means that the function can only be invoked."""
    before = len(keys.findings.diagnostics)
    items = keys.items("triggers", single=True)
    if keys.has("triggers") and len(keys.findings.diagnostics) == before and not 1 <= len(items) <= _MAX_TRIGGERS:
        hint = "remove the key where the function shall only be invoked" if not items else None
        message = f"a function has 1 to {_MAX_TRIGGERS} triggers, not {len(items)}"
        keys.findings.add("S114", message, keys.key_span("triggers"), hint)
    return before_broken([_parse_trigger(item, keys.findings) for item in items])


def _parse_trigger(node: Node, findings: Findings) -> Trigger | None:
    if not isinstance(node, MappingNode):
        findings.add("S103", f"a trigger must be a mapping, not {describe(node)}", node.span, _HINT)
        return None
    written = {entry.key.text for entry in node.entries}
    if "event" in written and "cron" in written:
        findings.add("F101", "a trigger has either `event` or `cron`, not both", node.span, "make two triggers of it")
        return None
    if "cron" in written:
        return _parse_cron_trigger(KeyReader(node, "a cron trigger", _CRON_KEYS, findings))
    if "event" in written:
        return _parse_event_trigger(KeyReader(node, "an event trigger", _EVENT_KEYS, findings))
    KeyReader(node, "a trigger", (*_EVENT_KEYS, *_CRON_KEYS), findings)
    findings.add("F101", "a trigger needs `event` or `cron`", node.span, _HINT)
    return None


def _parse_event_trigger(keys: KeyReader) -> EventTrigger | None:
    event = keys.scalar("event")
    condition = keys.text("if")
    if event is None:
        return None
    keys.findings.use(UseKind.TRIGGER, event.text, event)
    return EventTrigger(event.text, condition)


def _parse_cron_trigger(keys: KeyReader) -> CronTrigger | None:
    cron, timezone = keys.scalar("cron"), keys.scalar("timezone")
    jitter_ms = keys.duration("jitter", "1s", "5m")
    catch_up = keys.choice("catch_up", CatchUp) or CatchUp.NONE
    if cron is None:
        return None
    text, zone = _split_zone(cron, timezone, keys.findings)
    return CronTrigger(text, zone, jitter_ms, catch_up)


def _split_zone(cron: ScalarNode, timezone: ScalarNode | None, findings: Findings) -> tuple[str, str]:
    """The five fields and the zone, whether it stands in a prefix or in `timezone`."""
    prefixed = _ZONE_PREFIX.fullmatch(cron.text)
    if prefixed is None:
        return cron.text, timezone.text if timezone else "UTC"
    if timezone is not None and timezone.text != prefixed["zone"]:
        message = f"the time zones `{prefixed['zone']}` and `{timezone.text}` disagree"
        findings.add("C103", message, max(cron.span, timezone.span), "remove one of them")
    return prefixed["cron"], prefixed["zone"]
