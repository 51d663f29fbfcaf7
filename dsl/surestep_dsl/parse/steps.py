"""Parses the `steps` of a function: each has one of six kinds, with the keys and ranges of that kind."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from surestep_dsl.datatypes import DataType, Scalar, ScalarKind
from surestep_dsl.flow import Lookback
from surestep_dsl.model import InvokeStep, RunStep, SendStep, SleepStep, SleepUntilStep, StepDef, WaitStep
from surestep_dsl.nodes import Entry, MappingNode
from surestep_dsl.parse.flow_options import LONGEST, MAX_RETRIES, parse_backoff
from surestep_dsl.parse.names import parse_event_names, report_bad_id
from surestep_dsl.parse.reader import Findings, KeyReader, UseKind, describe, is_id
from surestep_dsl.parse.types import parse_type

__all__ = ["parse_steps"]

_Parse: TypeAlias = Callable[[str, KeyReader], StepDef | None]
_ANY_KIND: Final = ("description", "repeats")
_HINT: Final = "write for instance `{run: User}`, `{sleep: 1h}` or `{invoke: send-report, timeout: 10m}`"


def parse_steps(keys: KeyReader) -> tuple[StepDef, ...] | None:
    """All steps that can be read; None where the function declares none."""
    if not keys.has("steps"):
        return None
    parsed = (_parse_step(entry, keys.findings) for entry in keys.mapping("steps"))
    return tuple(step for step in parsed if step is not None)


def _parse_step(entry: Entry, findings: Findings) -> StepDef | None:
    step_id, what = entry.key.text, f"the step `{entry.key.text}`"
    if not is_id(step_id):
        report_bad_id(entry.key, "a step id", findings)
    if not isinstance(entry.value, MappingNode):
        findings.add("S103", f"{what} must be a mapping, not {describe(entry.value)}", entry.value.span, _HINT)
        return None
    written = [found for found in entry.value.entries if found.key.text in _KINDS]
    if len(written) > 1:
        message = f"{what} has both `{written[0].key.text}` and `{written[1].key.text}`"
        findings.add("S113", message, written[1].key.span, "make two steps of it")
        return None
    if not written:
        _report_no_kind(entry, what, findings)
        return None
    kind = written[0].key.text
    allowed, parse = _KINDS[kind]
    keys = KeyReader(entry.value, what, (kind, *allowed, *_ANY_KIND), findings, where=entry.key.span)
    step = parse(step_id, keys)
    return step if is_id(step_id) else None


def _report_no_kind(entry: Entry, what: str, findings: Findings) -> None:
    known = dict.fromkeys((*_KINDS, *_ANY_KIND, *(key for allowed, _ in _KINDS.values() for key in allowed)))
    before = len(findings.diagnostics)
    KeyReader(entry.value, what, tuple(known), findings, hint=_HINT)
    if len(findings.diagnostics) == before:
        kinds = ", ".join(f"`{kind}`" for kind in _KINDS)
        findings.add("S102", f"{what} needs one of {kinds}", entry.key.span, _HINT)


def _parse_run(step_id: str, keys: KeyReader) -> RunStep:
    node = keys.optional("run")
    returns = None if node is None else parse_type(node, "the result", keys.findings, keys.key_span("run"))
    return RunStep(
        step_id,
        keys.description(),
        keys.boolean("repeats"),
        _nothing_for_null(returns),
        keys.integer("retries", 0, MAX_RETRIES),
        parse_backoff(keys),
        keys.duration("timeout", "1s", LONGEST),
    )


def _nothing_for_null(data_type: DataType | None) -> DataType | None:
    return None if data_type == Scalar(ScalarKind.NULL) else data_type


def _parse_sleep(step_id: str, keys: KeyReader) -> SleepStep | None:
    duration_ms = keys.duration("sleep", "1s", LONGEST)
    description, repeats = keys.description(), keys.boolean("repeats")
    return None if duration_ms is None else SleepStep(step_id, duration_ms, description, repeats)


def _parse_sleep_until(step_id: str, keys: KeyReader) -> SleepUntilStep:
    node = keys.optional("sleep_until")
    if node is not None:
        hint = "write `sleep_until: {}`; the handler names the instant"
        KeyReader(node, "`sleep_until`", (), keys.findings, hint=hint)
    return SleepUntilStep(step_id, keys.description(), keys.boolean("repeats"))


def _parse_wait(step_id: str, keys: KeyReader) -> WaitStep | None:
    event = keys.scalar("wait_for_event")
    match, condition = keys.text("match"), keys.text("if")
    timeout_ms = keys.duration("timeout", "1s", LONGEST, required=True)
    lookback = keys.choice("lookback", Lookback) or Lookback.NONE
    description, repeats = keys.description(), keys.boolean("repeats")
    if keys.has("match") and keys.has("if"):
        hint = "write the match into the condition: event.data.a == async.data.a"
        keys.findings.add("S113", "`match` and `if` exclude each other", keys.key_span("if"), hint)
    if event is None:
        return None
    keys.findings.use(UseKind.WAIT, event.text, event)
    if timeout_ms is None:
        return None
    return WaitStep(step_id, event.text, timeout_ms, match, condition, lookback, description, repeats)


def _parse_invoke(step_id: str, keys: KeyReader) -> InvokeStep | None:
    function = keys.scalar("invoke")
    timeout_ms = keys.duration("timeout", "1s", LONGEST, required=True)
    description, repeats = keys.description(), keys.boolean("repeats")
    if function is None:
        return None
    keys.findings.use(UseKind.INVOKE, function.text, function)
    return None if timeout_ms is None else InvokeStep(step_id, function.text, timeout_ms, description, repeats)


def _parse_send(step_id: str, keys: KeyReader) -> SendStep | None:
    before = len(keys.findings.diagnostics)
    names = parse_event_names(keys, "send", UseKind.SEND, single=True)
    if not names and len(keys.findings.diagnostics) == before:
        keys.findings.add("S114", "`send` names at least one event", keys.key_span("send"))
    description, repeats = keys.description(), keys.boolean("repeats")
    return SendStep(step_id, names, description, repeats) if names else None


_KINDS: Final[Mapping[str, tuple[tuple[str, ...], _Parse]]] = {
    "run": (("retries", "timeout", "backoff"), _parse_run),
    "sleep": ((), _parse_sleep),
    "sleep_until": ((), _parse_sleep_until),
    "wait_for_event": (("match", "if", "timeout", "lookback"), _parse_wait),
    "invoke": (("timeout",), _parse_invoke),
    "send": ((), _parse_send),
}
"""For each kind the keys that only it has, and its parser."""
