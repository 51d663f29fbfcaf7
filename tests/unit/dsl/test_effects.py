"""What handler code must not call."""

import builtins
import importlib
import sys
from collections import Counter

import pytest

from surestep_dsl.effects import EFFECTS, Effect, EffectKind, effect_of, read_effects


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("datetime.datetime.now", EffectKind.CLOCK),
        ("requests.get", EffectKind.NETWORK),
        ("requests.sessions.Session.get", EffectKind.NETWORK),
        ("os.environ.get", EffectKind.ENV),
        ("secrets.token_hex", EffectKind.RANDOM),
    ],
)
def test_a_name_has_the_kind_of_the_nearest_entry_above_it(name: str, kind: EffectKind) -> None:
    effect = effect_of(name)

    assert effect is not None
    assert effect.kind is kind


@pytest.mark.parametrize(
    "name",
    ["json.dumps", "httpx.URL", "uuid.uuid5", "os", "os.path.join", "datetime.datetime", "random.Random.choice", ""],
)
def test_harmless_names_have_none(name: str) -> None:
    assert effect_of(name) is None


def test_a_mark_says_when_a_call_counts() -> None:
    assert list(read_effects("clock time.gmtime() time.strftime(1) time.time")) == [
        Effect("time.gmtime", EffectKind.CLOCK, "`ctx.now()`", "no-arguments"),
        Effect("time.strftime", EffectKind.CLOCK, "`ctx.now()`", "one-argument"),
        Effect("time.time", EffectKind.CLOCK, "`ctx.now()`"),
    ]


def test_each_kind_has_its_code() -> None:
    assert [kind.code for kind in (EffectKind.CLOCK, EffectKind.RANDOM, EffectKind.HASH_ID)] == ["D101", "D102", "D112"]


def test_no_kind_lacks_entries() -> None:
    assert {effect.kind for effect in EFFECTS.values()} == set(EffectKind)


def test_names_of_the_standard_library_exist() -> None:
    newer = {"random.binomialvariate", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8", "object.__hash__", "os.getrandom"}
    standard = [name for name in EFFECTS if name.partition(".")[0] in sys.stdlib_module_names]

    assert [name for name in standard if name not in newer and not _exists(name)] == []
    assert len(standard) > 200


def test_a_name_without_a_dot_is_a_builtin_or_a_module() -> None:
    builtin = [name for name in EFFECTS if "." not in name and hasattr(builtins, name)]

    assert sorted(builtin) == ["hash", "id", "input", "open", "print"]


def test_a_name_stands_twice_only_to_be_taken_out_again() -> None:
    from surestep_dsl import effects

    counted = Counter(effect.name for effect in read_effects(effects._TABLE))
    twice = [name for name, count in counted.items() if count > 1]

    assert [name for name in twice if EFFECTS[name].kind is not EffectKind.PURE] == []


def _exists(name: str) -> bool:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
            if found is None:
                return False
        return True
    return hasattr(builtins, name)
