"""The table of codes for what handlers do wrong, D1: reported by the lint, the mypy plugin and partly by the guard.

D101 to D112 are the kinds of effects, in their order; the others are rules about how steps are used. How each is found
is decided where it is found; its page is kept there, too.
"""

from collections.abc import Mapping
from typing import Final

from surestep_dsl.codes import Code
from surestep_dsl.diagnostics import Severity
from surestep_dsl.effects import EffectKind

__all__ = ["DETERMINISM_CODES", "UNREADABLE"]

UNREADABLE: Final = "D100"

_EFFECT_TITLES: Final[Mapping[EffectKind, str]] = {
    EffectKind.CLOCK: "a clock read between steps",
    EffectKind.RANDOM: "chance between steps",
    EffectKind.UUID: "an id made between steps",
    EffectKind.ENV: "the environment read between steps",
    EffectKind.IO: "files or a database between steps",
    EffectKind.NETWORK: "the network between steps",
    EffectKind.SLEEP: "a sleep that is no step",
    EffectKind.THREAD: "threads between steps",
    EffectKind.TASK_SPAWN: "tasks of an event loop between steps",
    EffectKind.SUBPROCESS: "another process between steps",
    EffectKind.LOGGING: "a log that repeats on every replay",
    EffectKind.HASH_ID: "a number that differs from process to process",
}

_RULE_TITLES: Final = {
    "D113": "a global changed between steps",
    "D114": "a body that changes its handler's variables",
    "D115": "a body that changes its argument",
    "D116": "the order of a set used between steps",
    "D117": "a step that is never awaited",
    "D118": "a step id that a function makes",
    "D119": "a step id used at two places",
    "D120": "a step inside a step's body",
    "D121": "an except that swallows the end of a run",
    "D122": "an await of something that is no step",
    "D123": "a body that sees a loop's last value",
    "D124": "a result that cannot be stored",
    "D125": "a step in a finally block",
    "D126": "a wait that may miss its answer",
}

_WARNINGS: Final = frozenset({"D111", "D118", "D119", "D126"})

DETERMINISM_CODES: Final[Mapping[str, Code]] = {
    UNREADABLE: Code(UNREADABLE, Severity.ERROR, "a module that cannot be read", adjustable=False),
    **{
        code: Code(code, Severity.WARNING if code in _WARNINGS else Severity.ERROR, title, adjustable=True)
        for code, title in {**{kind.code: title for kind, title in _EFFECT_TITLES.items()}, **_RULE_TITLES}.items()
    },
}
"""Sorted by code."""
