"""The settings of a project about determinism: `[tool.surestep.determinism]`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from surestep_dsl.effects import Effect, EffectKind, own_effect
from surestep_dsl.names import is_python_name

__all__ = ["Comparison", "DeterminismSettings", "GuardSetting", "read_determinism"]

Comparison: TypeAlias = Literal["strict", "warn", "off"]
GuardSetting: TypeAlias = Literal["strict", "light", "off"]

_KEYS: Final = frozenset({"pure", "impure", "comparison", "shadow_replay", "guard"})
_KINDS: Final = tuple(kind.value for kind in EffectKind if kind is not EffectKind.PURE)


Report: TypeAlias = Callable[[str, str, str, str | None], None]
"""Takes what is wrong: code, message, name of the setting, hint."""


@dataclass(frozen=True, slots=True)
class DeterminismSettings:
    """What they say.

    Attributes:
        effects: entries that the project adds to the table of effects, by dotted name.
        comparison: what a server does about runs that disagree with their histories, by function id.
        shadow_replay: which part of the runs that finish a server replays, from 0 to 1.
        guard: how closely a server watches handler code.
    """

    effects: Mapping[str, Effect] = field(default_factory=dict)
    comparison: Mapping[str, Comparison] = field(default_factory=dict)
    shadow_replay: float = 0.0
    guard: GuardSetting = "strict"


def read_determinism(table: object, report: Report) -> DeterminismSettings:
    """The settings in a table; each that is wrong is reported and left at its default."""
    if not isinstance(table, dict) or table.keys() - _KEYS:
        message = (
            "`determinism` has a list `pure`, tables `impure` and `comparison`, a number `shadow_replay`, and `guard`"
        )
        report("P103", message, "determinism", 'write determinism.guard = "strict"')
        return DeterminismSettings()
    return DeterminismSettings(
        _read_effects(table.get("pure", []), table.get("impure", {}), report),
        _read_comparison(table.get("comparison", {}), report),
        _read_shadow_replay(table.get("shadow_replay", 0), report),
        _read_guard(table.get("guard", "strict"), report),
    )


def _read_effects(pure: object, impure: object, report: Report) -> Mapping[str, Effect]:
    if not isinstance(pure, list) or not isinstance(impure, dict):
        hint = 'write determinism.pure = ["shop.clock.cached_now"], determinism.impure = { "shop.dice" = "random" }'
        report("P103", "`pure` must be a list, `impure` a table", "impure" if isinstance(pure, list) else "pure", hint)
        return {}
    named: dict[str, object] = {**dict.fromkeys(map(str, pure), EffectKind.PURE.value), **impure}
    for name, kind in named.items():
        if not all(is_python_name(part) for part in name.split(".")):
            report("P103", f"`{name}` is not the dotted name of a function, class or module", name, None)
        elif kind not in (EffectKind.PURE, *_KINDS) or (name in impure and kind == EffectKind.PURE):
            report("P103", f"the kind of `{name}` must be one of {', '.join(_KINDS)}", name, None)
    known = {name: str(kind) for name, kind in named.items() if kind in tuple(EffectKind)}
    return {name: own_effect(name, EffectKind(kind)) for name, kind in known.items()}


def _read_comparison(found: object, report: Report) -> Mapping[str, Comparison]:
    if isinstance(found, dict) and all(value in get_args(Comparison) for value in found.values()):
        return found
    hint = 'write determinism.comparison = { my-function = "warn" }'
    report("P103", "`comparison` says strict, warn or off for ids of functions", "comparison", hint)
    return {}


def _read_shadow_replay(found: object, report: Report) -> float:
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found <= 1:
        return float(found)
    report("P103", "`shadow_replay` must be a number from 0 to 1", "shadow_replay", None)
    return 0.0


def _read_guard(found: object, report: Report) -> GuardSetting:
    match found:
        case "strict" | "light" | "off":
            return found
        case _:
            report("P103", "`guard` must be strict, light or off", "guard", None)
            return "strict"
