"""Parses the entries of `functions`: types of input and result, and what an engine needs to run them."""

import keyword
import re
import sys
from typing import Final

from surestep_dsl.datatypes import DataType
from surestep_dsl.flow import FunctionOptions
from surestep_dsl.model import FunctionDef
from surestep_dsl.nodes import Entry
from surestep_dsl.parse.flow_options import (
    parse_batch_events,
    parse_cancel_on,
    parse_checkpointing,
    parse_concurrency,
    parse_debounce,
    parse_rate_limit,
    parse_retries,
    parse_singleton,
    parse_throttle,
    parse_timeouts,
)
from surestep_dsl.parse.names import parse_event_names, report_bad_id
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, is_id
from surestep_dsl.parse.steps import parse_steps
from surestep_dsl.parse.triggers import parse_triggers
from surestep_dsl.parse.types import parse_object, parse_type

__all__ = ["FUNCTION_KEYS", "parse_function"]

FUNCTION_KEYS: Final = (
    "name", "description", "triggers", "input", "returns", "emits", "handler", "retries", "idempotency", "concurrency",
    "throttle", "rate_limit", "debounce", "priority", "singleton", "batch_events", "cancel_on", "timeouts",
    "checkpointing", "on_failure", "on_cancel", "steps",
)  # fmt: skip
_HANDLER: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


def parse_function(entry: Entry, findings: Findings) -> FunctionDef | None:
    """One function; None where its id is not one."""
    function_id = entry.key.text
    keys = KeyReader(entry.value, f"the function `{function_id}`", FUNCTION_KEYS, findings, where=entry.key.span)
    options = FunctionOptions(
        id=function_id,
        name=keys.text("name") or "",
        description=keys.description(),
        triggers=parse_triggers(keys),
        retries=parse_retries(keys),
        idempotency=keys.text("idempotency"),
        concurrency=parse_concurrency(keys),
        throttle=parse_throttle(keys),
        rate_limit=parse_rate_limit(keys),
        debounce=parse_debounce(keys),
        priority=keys.text("priority"),
        singleton=parse_singleton(keys),
        batch_events=parse_batch_events(keys),
        cancel_on=parse_cancel_on(keys),
        timeouts=parse_timeouts(keys),
        checkpointing=parse_checkpointing(keys),
        emits=parse_event_names(keys, "emits", UseKind.EMIT) if keys.has("emits") else None,
        on_failure=keys.boolean("on_failure"),
        on_cancel=keys.boolean("on_cancel"),
    )
    fields, input_type = parse_object(keys, "input")
    function = FunctionDef(
        options,
        input=fields if keys.has("input") and input_type is None else None,
        input_type=input_type,
        returns=_parse_returns(keys),
        handler=_parse_handler(keys),
        steps=parse_steps(keys),
    )
    if is_id(function_id):
        return function
    report_bad_id(entry.key, "a function id", findings)
    return None


def _parse_returns(keys: KeyReader) -> DataType | None:
    node = keys.optional("returns")
    return None if node is None else parse_type(node, "`returns`", keys.findings, keys.key_span("returns"))


def _parse_handler(keys: KeyReader) -> str | None:
    scalar = keys.scalar("handler")
    if scalar is None:
        return None
    names = scalar.text.replace(":", ".").split(".")
    problem = None
    if not _HANDLER.fullmatch(scalar.text) or any(map(keyword.iskeyword, names)):
        problem = f"`{scalar.text}` is not the place of a handler"
    elif names[0] in sys.stdlib_module_names:
        problem = f"`{names[0]}` is a module of Python itself"
    if problem is None:
        return scalar.text
    hint = "write module:name, for instance shop.handlers.orders:process_order"
    keys.findings.add("F106", problem, scalar.span, hint)
    return None
