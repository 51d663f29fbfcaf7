"""Tracking plans of Segment: each rule for a track call is an event, its `properties` are the payload.

Both shapes are read: `rules.events` of the older API and of exports, and a list of `rules` with `key` and `jsonSchema`.
Rules for other calls, and for `context` and `traits`, describe Segment's own envelope and have no place in a spec.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from surestep_codegen.imports.catalogue import Catalogue, Gathered
from surestep_codegen.imports.pointers import References, below
from surestep_codegen.imports.problem import ImportProblemError
from surestep_codegen.imports.schemas import SchemaReader
from surestep_codegen.remarks import Remarks
from surestep_dsl.datatypes import JsonValue

__all__ = ["read_tracking_plan"]

_OTHER_CALLS: Final = ("global", "identify", "group", "identify_traits", "group_traits")


@dataclass(frozen=True, slots=True)
class _Rule:
    """One event of a plan, with the schema of a whole track call."""

    name: str
    version: float
    description: str
    schema: dict[str, JsonValue]
    at: str


def read_tracking_plan(document: dict[str, JsonValue], stem: str, remarks: Remarks) -> Catalogue:
    """The catalogue in a plan; `stem` is what its file is called."""
    gathered = Gathered(SchemaReader(References(document), remarks))
    data = document.get("data")
    plan, base = (data, "#/data") if isinstance(data, dict) else (document, "#")
    inner = plan.get("trackingPlan", plan.get("tracking_plan"))
    about = inner if isinstance(inner, dict) else plan
    newest: dict[str, _Rule] = {}
    for rule in _rules(plan, base, remarks):
        other = newest.get(rule.name)
        if other is not None:
            older = min(rule, other, key=lambda one: one.version)
            remarks.lose(older.at, f"{older.name} {older.version:g}", "only the newest version is carried over")
        if other is None or rule.version > other.version:
            newest[rule.name] = rule
    for rule in newest.values():
        schema, at = _payload(rule, remarks)
        gathered.add(rule.name, schema, at, description=rule.description)
    title = next((about[key] for key in ("display_name", "name") if isinstance(about.get(key), str)), stem)
    description = about.get("description")
    return gathered.finish(str(title), description if isinstance(description, str) else "")


def _rules(plan: Mapping[str, JsonValue], base: str, remarks: Remarks) -> Iterator[_Rule]:
    rules, at = plan.get("rules"), below(base, "rules")
    if isinstance(rules, dict):
        for key in _OTHER_CALLS:
            if rules.get(key):
                remarks.lose(below(at, key), key, "only rules for track calls describe events")
        rules, at = rules.get("events", []), below(at, "events")
    if not isinstance(rules, list):
        hint = "a plan has `rules.events`, or a list of `rules`"
        raise ImportProblemError("this is no tracking plan", at, hint)
    for number, rule in enumerate(rules):
        if not isinstance(rule, dict):
            raise ImportProblemError("a rule must be an object", below(at, number))
        if str(rule.get("type", "TRACK")).upper() != "TRACK":
            remarks.lose(below(at, number), str(rule["type"]), "only rules for track calls describe events")
            continue
        yield _rule(rule, below(at, number))


def _rule(rule: Mapping[str, JsonValue], at: str) -> _Rule:
    name, version, description = rule.get("name", rule.get("key")), rule.get("version", 1), rule.get("description")
    key = "jsonSchema" if "jsonSchema" in rule else "rules"
    schema = rule.get(key, {})
    if not isinstance(name, str):
        raise ImportProblemError("a rule needs the `name` or `key` of its event", at)
    if not isinstance(schema, dict):
        raise ImportProblemError("the schema of a rule must be an object", below(at, key))
    number = float(version) if isinstance(version, int | float) else 1.0
    return _Rule(name, number, description if isinstance(description, str) else "", schema, below(at, key))


def _payload(rule: _Rule, remarks: Remarks) -> tuple[JsonValue, str]:
    """The schema of `properties` in that of a track call; a plan without one accepts any."""
    calls = rule.schema.get("properties", {})
    if not isinstance(calls, dict):
        raise ImportProblemError("`properties` must be an object", rule.at)
    for key, part in calls.items():
        if key != "properties" and isinstance(part, dict) and part.keys() & {"properties", "required"}:
            remarks.lose(below(rule.at, "properties", key), key, "belongs to Segment's envelope, not to the event")
    at = below(rule.at, "properties", "properties")
    if "properties" not in calls:
        return True, at
    payload = calls["properties"]
    return ({"type": "object", **payload}, at) if isinstance(payload, dict) else (payload, at)
