from pathlib import Path

import pytest

from surestep_dsl.diagnostics import Severity
from surestep_dsl.settings import Settings, find_source, load_settings, parse_settings

ROOT = Path("/shop")


def test_settings_are_read_from_the_nearest_pyproject_above(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.surestep]\nspecs = ["a", "b"]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n'
        'targets = ["asyncapi"]\nseverity = { V201 = "error", E402 = "off" }\n',
        encoding="utf-8",
    )
    (tmp_path / "deep/er").mkdir(parents=True)

    assert load_settings(tmp_path / "deep/er") == Settings(
        tmp_path.resolve(),
        ("a", "b"),
        "shop.contract",
        "shop.handlers",
        ("asyncapi",),
        {"V201": Severity.ERROR, "E402": None},
    )


def test_what_fails_a_build_is_chosen_by_category_and_code() -> None:
    settings = parse_settings('[tool.surestep]\nbreaking = ["RUN", "B102"]', ROOT)

    assert isinstance(settings, Settings)
    assert settings.breaking == ("RUN", "B102")


@pytest.mark.parametrize("value", ["refuse", "accept"])
def test_undeclared_events_are_refused_or_accepted(value: str) -> None:
    settings = parse_settings(f'[tool.surestep]\nunknown_events = "{value}"', ROOT)

    assert isinstance(settings, Settings)
    assert settings.unknown_events == value


@pytest.mark.parametrize("value", ["full", "normal"])
def test_what_answers_survive_is_a_setting(value: str) -> None:
    settings = parse_settings(f'[tool.surestep]\nsynchronous = "{value}"', ROOT)

    assert isinstance(settings, Settings)
    assert settings.synchronous == value


def test_what_is_not_stated_has_a_default() -> None:
    assert parse_settings("[tool.surestep]", ROOT) == Settings(ROOT, ("specs",), "contract", "handlers", (), {}, False)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("[tool.other]", "P101", 1, 1),
        ("[tool.surestep\n", "P101", 1, 15),
        ('[tool.surestep]\nspec = ["a"]', "P102", 2, 1),
        ("[tool.surestep]\nspecs = []", "P103", 2, 1),
        ('[tool.surestep]\nspecs = "specs"', "P103", 2, 1),
        ('[tool.surestep]\npackage = "a-b"', "P103", 2, 1),
        ("[tool.surestep]\nexternal_consumers = 1", "P103", 2, 1),
        ('[tool.surestep]\nunknown_events = "maybe"', "P103", 2, 1),
        ('[tool.surestep]\nsynchronous = "off"', "P103", 2, 1),
        ("[tool.surestep]\nsynchronous = false", "P103", 2, 1),
        ('[tool.surestep.determinism]\ncomparison = "off"', "P103", 2, 1),
        ('[tool.surestep.determinism]\ncomparison = { charge = "lax" }', "P103", 2, 1),
        ("[tool.surestep.determinism]\nshadow_replay = 2", "P103", 2, 1),
        ("[tool.surestep.determinism]\nshadow_replay = true", "P103", 2, 1),
        ('[tool.surestep.determinism]\nguard = "loose"', "P103", 2, 1),
        ("[tool.surestep.determinism]\npure = 5", "P103", 2, 1),
        ("[tool.surestep]\ndeterminism.guards = 5", "P103", 2, 1),
        ('[tool.surestep]\nunknown_events = ["accept"]', "P103", 2, 1),
        ('[tool.surestep]\nbreaking = "WIRE"', "P103", 2, 1),
        ("[tool.surestep]\nlimits = 5", "P103", 2, 1),
        ("[tool.surestep.limits]\nsteps = 5", "P102", 2, 1),
        ("[tool.surestep.limits]\nrun_bytes = 0", "P103", 2, 1),
        ("[tool.surestep.limits]\nrun_bytes = true", "P103", 2, 1),
        ("[tool.surestep.limits]\nsteps_per_run = 10_001", "P103", 2, 1),
        ('[tool.surestep]\nbreaking = ["WIRED"]', "P103", 2, 1),
        ("[tool.surestep]\nsource = 1", "P103", 2, 1),
        ("[tool.surestep]\nsource = ''", "P103", 2, 1),
        ("[tool.surestep]\nsource = '/src'", "P103", 2, 1),
        ("[tool.surestep]\nsource = 'a/../../b'", "P103", 2, 1),
        ('[tool.surestep.severity]\nV999 = "off"', "P102", 2, 1),
        ('[tool.surestep.severity]\nV201 = "loud"', "P103", 2, 1),
        ('[tool.surestep.severity]\nS010 = "off"', "P103", 2, 1),
        ("[tool.surestep]\nseverity = 1", "P103", 2, 1),
    ],
)
def test_a_wrong_setting_is_a_diagnostic_with_its_place(text: str, code: str, line: int, column: int) -> None:
    found = parse_settings(text, ROOT)

    assert isinstance(found, tuple)
    assert [(one.code, one.span.line, one.span.column) for one in found] == [(code, line, column)]


def test_without_settings_the_hint_names_the_command(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    found = load_settings(tmp_path)

    assert isinstance(found, tuple)
    assert found[0].hint == "run `surestep init` to write a first one"


@pytest.mark.parametrize(
    ("present", "setting", "expected"),
    [
        ((), "", "."),
        (("shop",), "", "."),
        (("src/shop",), "", "src"),
        (("src/shop", "shop"), "", "."),
        (("src/other/__init__.py",), "", "src"),
        (("src/shop",), "source = '.'", "."),
        ((), "source = 'lib/python'", "lib/python"),
    ],
)
def test_the_source_directory_is_stated_or_found(
    tmp_path: Path, present: tuple[str, ...], setting: str, expected: str
) -> None:
    for name in present:
        (tmp_path / name).mkdir(parents=True)
    settings = parse_settings(f"[tool.surestep]\npackage = 'shop.contract'\n{setting}", tmp_path)

    assert isinstance(settings, Settings)
    assert find_source(settings) == tmp_path / expected


def test_comparison_and_shadow_replay_are_read() -> None:
    text = '[tool.surestep.determinism]\ncomparison = { charge = "warn", ship = "off" }\nshadow_replay = 0.01'
    settings = parse_settings(text, ROOT)
    assert isinstance(settings, Settings)
    found = settings.determinism
    assert (found.comparison, found.shadow_replay) == ({"charge": "warn", "ship": "off"}, 0.01)


@pytest.mark.parametrize("guard", ["strict", "light", "off"])
def test_how_closely_a_server_watches_is_read(guard: str) -> None:
    settings = parse_settings(f'[tool.surestep]\ndeterminism.guard = "{guard}"', ROOT)
    assert isinstance(settings, Settings)
    assert settings.determinism.guard == guard


def test_limits_are_read() -> None:
    settings = parse_settings("[tool.surestep.limits]\nsteps_per_run = 10_000\nevent_bytes = 1", ROOT)
    assert isinstance(settings, Settings)
    assert settings.limits == {"steps_per_run": 10_000, "event_bytes": 1}
