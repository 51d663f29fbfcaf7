"""How closely a guard watches, and what a project says of its own code."""

import time

import pytest
from tests.unit.runtime.guard.conftest import watch

from surestep.errors import ConfigurationError
from surestep.guard import effects
from surestep.guard.effects import extend_effects
from surestep.guard.guard import GuardMode, guard_mode
from surestep_dsl.effects import EffectKind, own_effect


def cached_now() -> float:
    return deeper()


def deeper() -> float:
    return time.time()


def draw() -> int:
    return 4


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, GuardMode.LIGHT),
        ({"SURESTEP_GUARD": ""}, GuardMode.LIGHT),
        ({"SURESTEP_GUARD": "off"}, GuardMode.OFF),
        ({"SURESTEP_GUARD": "strict"}, GuardMode.STRICT),
    ],
)
def test_the_environment_comes_first(environment: dict[str, str], expected: GuardMode) -> None:
    assert guard_mode(GuardMode.LIGHT, environment) is expected


def test_a_mode_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="SURESTEP_GUARD is 'loose'") as caught:
        guard_mode(GuardMode.LIGHT, {"SURESTEP_GUARD": "loose"})
    assert caught.value.hint == "set it to strict, light or off"


def test_what_a_project_says_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_added", {})
    before = dict(effects.known_effects)
    named = {f"{__name__}.cached_now": EffectKind.PURE, f"{__name__}.draw": EffectKind.RANDOM}
    extend_effects({name: own_effect(name, kind) for name, kind in named.items()})
    try:
        assert watch(lambda: cached_now()) == ""  # noqa: PLW0108 -- the call of a name is what is looked at
        assert watch(lambda: deeper()) == "time.time (clock)"  # noqa: PLW0108 -- as above
        assert watch(lambda: draw()) == f"{__name__}.draw (random)"  # noqa: PLW0108 -- as above
    finally:
        effects.known_effects.clear()
        effects.known_effects.update(before)
