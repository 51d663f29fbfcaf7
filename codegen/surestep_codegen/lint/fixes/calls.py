"""Mends of calls that handler code must not make."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import Final, TypeAlias

from surestep_codegen.lint.fixes.edits import AddArgument, Edit, Fix, Replace
from surestep_codegen.lint.fixes.spot import Spot
from surestep_dsl.duration import format_duration
from surestep_dsl.effects import EffectKind

__all__ = ["CALL_FIXERS"]

CallFixer: TypeAlias = Callable[[Spot, ast.Call], Fix | None]

_SECONDS: Final = frozenset({"time.time", "time.monotonic", "time.perf_counter", "timeit.default_timer"})
_NANOSECONDS: Final = frozenset({"time.time_ns", "time.monotonic_ns", "time.perf_counter_ns"})
_UTC: Final = ("UTC", "utc")
_LEVELS: Final = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


def fix_clock(spot: Spot, call: ast.Call) -> Fix | None:
    """`ctx.now()` has a time zone, UTC; what had none, or was a number, stays so."""
    now = f"{spot.context}.now()"
    if not spot.context or not _is_class_itself(spot, call):
        return None
    match spot.name, call.args, call.keywords:
        case "datetime.datetime.now", [], []:
            return spot.replace(now)
        case ("datetime.datetime.now", [zone], []) | ("datetime.datetime.now", [], [ast.keyword(arg="tz", value=zone)]):
            is_utc = spot.module.text(zone).endswith(_UTC)
            return spot.replace(now) if is_utc else spot.replace(f"{now}.astimezone({{0}})", zone)
        case "datetime.datetime.utcnow", [], []:
            return spot.replace(f"{now}.replace(tzinfo=None)")
        case "datetime.datetime.today", [], []:
            return spot.replace(now)
        case "datetime.date.today", [], []:
            return spot.replace(f"{now}.date()")
        case name, [], [] if name in _SECONDS:
            return spot.replace(f"{now}.timestamp()")
        case name, [], [] if name in _NANOSECONDS:
            return spot.replace(f"({spot.context}.now_ms() * 1_000_000)")
        case _:
            return spot.replace(now, is_safe=False)


def fix_random(spot: Spot, call: ast.Call) -> Fix | None:
    """Only a plain draw has an equal; for others a generator of the run's own is offered."""
    if not spot.context:
        return None
    if spot.name == "random.random" and not call.args:
        return spot.replace(f"{spot.context}.random()")
    if isinstance(call.func, ast.Attribute) and spot.name.startswith("random.") and spot.name.count(".") == 1:
        function = f"random.Random({spot.context}.run_id).{call.func.attr}"
        return spot.replace(f"{function}({_holes(call.args)})", *call.args, is_safe=False)
    return None


def fix_uuid(spot: Spot, call: ast.Call) -> Fix | None:
    """Ids made of the time or the machine have another form, so theirs is only offered."""
    if not spot.context:
        return None
    return spot.replace(f"{spot.context}.uuid()", is_safe=spot.name == "uuid.uuid4" and not call.args)


def fix_sleep(spot: Spot, call: ast.Call) -> Fix | None:
    """A sleep of a known length, where a step can be awaited."""
    is_awaited = isinstance(spot.parent, ast.Await)
    if not spot.step or not (is_awaited or isinstance(spot.parent, ast.Expr)):
        return None
    match call.args, call.keywords:
        case [ast.Constant(value=int() | float() as seconds)], [] if seconds > 0 and (seconds * 1000) % 1 == 0:
            length = format_duration(int(seconds * 1000))
        case _:
            return None
    sleep = f'{spot.step}.sleep("{spot.module.fresh_id("sleep")}", "{length}")'
    return spot.replace(sleep if is_awaited else f"await {sleep}")


def fix_logging(spot: Spot, call: ast.Call) -> Fix | None:
    """The run's logger has the methods of all loggers; what is printed is logged as information."""
    if not spot.context:
        return None
    logger = f"{spot.context}.logger"
    if isinstance(call.func, ast.Attribute) and call.func.attr in _LEVELS and spot.name.startswith("logging."):
        return Fix((Replace(call.func, f"{logger}.{call.func.attr}"),), "\n" not in spot.module.text(call.func))
    is_special = any(isinstance(one, ast.Starred | ast.GeneratorExp) for one in call.args)
    is_plain = bool(call.args) and not call.keywords and not is_special
    if spot.name != "print" or not is_plain:
        return None
    first = call.args[0]
    is_text = isinstance(first, ast.JoinedStr) or (isinstance(first, ast.Constant) and isinstance(first.value, str))
    edits: list[Edit] = [Replace(call.func, f"{logger}.info")]
    if len(call.args) > 1 or not is_text or "%" in spot.module.text(first):
        edits.append(AddArgument(call, f'"{" ".join(["%s"] * len(call.args))}"', is_first=True))
    return Fix(tuple(edits))


def offer_step(spot: Spot, call: ast.Call) -> Fix | None:
    """What touches the world belongs into a step; only its author knows how much of it."""
    if not spot.step or isinstance(spot.parent, ast.Await):
        return None
    named = [one for one in call.keywords if one.arg]
    parts = (call.func, *call.args, *(one.value for one in named))
    names = [""] * (len(parts) - len(named)) + [f"{one.arg}=" for one in named]
    step_id = spot.name.rpartition(".")[2].replace("_", "-")
    text = f'await {spot.step}.run("{step_id}", {_holes(parts, names)})'
    return spot.replace(text if isinstance(spot.parent, ast.stmt) else f"({text})", *parts, is_safe=False)


def _holes(parts: Sequence[ast.expr], names: Iterable[str] = repeat("")) -> str:
    """Arguments of a template, one for each part."""
    return ", ".join(f"{name}{{{number}}}" for number, (name, _) in enumerate(zip(names, parts, strict=False)))


def _is_class_itself(spot: Spot, call: ast.Call) -> bool:
    """Not a subclass, whose instances may be wanted."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if owner is None or not spot.name.startswith("datetime."):
        return True
    named = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return bool(named == spot.name.split(".")[-2])


CALL_FIXERS: Final[Mapping[str, CallFixer]] = {
    EffectKind.CLOCK.code: fix_clock,
    EffectKind.RANDOM.code: fix_random,
    EffectKind.UUID.code: fix_uuid,
    EffectKind.SLEEP.code: fix_sleep,
    EffectKind.LOGGING.code: fix_logging,
    **dict.fromkeys(
        (kind.code for kind in (EffectKind.ENV, EffectKind.IO, EffectKind.NETWORK, EffectKind.SUBPROCESS)), offer_step
    ),
}
"""By code."""
