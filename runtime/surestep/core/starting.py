"""How what a handler asks for begins: sleeps, waits and invokes are recorded, bodies, sends and invokes handed out."""

from surestep.core.asked import Asked
from surestep.core.commands import Invoke, RunBody, SendEvents, Sleep, StepKey, WaitForEvent
from surestep.core.decisions import Decision, Timer, ended
from surestep.core.failures import info_of
from surestep.core.records import ChangeTaken, RunFailed, StepDropped, StepStarted
from surestep.core.retrying import retry_timer
from surestep.core.signals import TimerPurpose
from surestep.core.state import RunState
from surestep.errors import LimitError
from surestep.limits import WAIT_MAX_MS

__all__ = ["decide_asked", "decide_passed", "start"]


def decide_asked(state: RunState, asked: tuple[Asked, ...], now_ms: int) -> Decision:
    """Start what is new; a replayed handler also asks for what was started long ago."""
    parts: list[Decision] = []
    for one in asked:
        command = one.command
        step = state.open_steps.get(command.key)
        match command:
            case RunBody():
                rests = step is not None and step.due_at_ms > now_ms
                parts.append(retry_timer(command.key, step) if step and rests else Decision(bodies=(one,)))
            case _ if step is not None:
                continue
            case Sleep(duration_ms=duration_ms, until_ms=until_ms):
                due_at_ms = now_ms + duration_ms if duration_ms is not None else max(until_ms or 0, now_ms)
                parts.append(start(one, TimerPurpose.SLEEP, now_ms, due_at_ms))
            case WaitForEvent(event_name=event_name, timeout_ms=timeout_ms):
                started = start(one, TimerPurpose.WAIT, now_ms, now_ms + timeout_ms, event_name)
                parts.append(Decision(started.records, started.timers, (command,)))
            case Invoke(timeout_ms=timeout_ms) if timeout_ms > WAIT_MAX_MS:
                parts.append(_too_long(command.key, now_ms))
            case Invoke() | SendEvents():
                parts.append(Decision(commands=(one,)))
    return _joined(parts)


def decide_passed(state: RunState, dropped: tuple[Asked, ...], changes: tuple[str, ...], now_ms: int) -> Decision:
    """Note what the handler dropped and which new paths it took; a replayed handler drops what it dropped long ago."""
    losers = [one for one in dropped if one.command.key not in state.dropped_steps]
    return Decision(
        (
            *(ChangeTaken(now_ms, change_id) for change_id in changes),
            *(
                StepDropped(now_ms, one.position, one.command.key, one.command.kind, one.command.fingerprint)
                for one in losers
            ),
        ),
        offers_again=any(one.command.key in state.consumed_events for one in losers),
    )


def _joined(parts: list[Decision]) -> Decision:
    if len(parts) == 1:
        return parts[0]
    failed = [record for part in parts for record in part.records if isinstance(record, RunFailed)]
    if failed:
        return ended(failed[0])
    return Decision(
        tuple(record for part in parts for record in part.records),
        tuple(timer for part in parts for timer in part.timers),
        tuple(waiter for part in parts for waiter in part.waiters),
        tuple(command for part in parts for command in part.commands),
        tuple(body for part in parts for body in part.bodies),
    )


def start(asked: Asked, purpose: TimerPurpose, now_ms: int, due_at_ms: int, detail: str = "") -> Decision:
    """Record the beginning of a step whose end comes from outside, and set its timer."""
    command = asked.command
    if due_at_ms - now_ms > WAIT_MAX_MS:
        return _too_long(command.key, now_ms)
    record = StepStarted(now_ms, asked.position, command.key, command.kind, command.fingerprint, due_at_ms, detail)
    return Decision((record,), (Timer(purpose, due_at_ms, command.key),))


def _too_long(key: StepKey, now_ms: int) -> Decision:
    error = LimitError(f"step {key.id!r} would wait longer than 366 days (limit WAIT_MAX_MS)")
    return ended(RunFailed(now_ms, info_of(error)))
