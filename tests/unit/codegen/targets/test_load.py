"""Targets are found among ours and those of packages that are really installed."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.targets.load import load_targets
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.model import Project
from surestep_dsl.settings import Settings

PLUGIN = """\
from surestep_codegen.targets import Target

names = Target("names", lambda project: {"web/names.txt": "".join(f"{name}\\n" for name in project.events)})
other = Target("another-name", lambda project: {})
"""
ENTRY_POINTS = """\
[surestep.targets]
names = surestep_names:names
other = surestep_names:other
nothing = surestep_names:nothing
text = surestep_names:__name__
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of installed packages with a plugin in it, as an installer leaves it."""
    site = tmp_path / "site"
    info = site / "surestep_names-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "surestep_names.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: surestep-names\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("surestep_names", None)


def settings(root: Path, *targets: str) -> Settings:
    listed = ", ".join(f'"{target}"' for target in targets)
    (root / "pyproject.toml").write_text(f'[tool.surestep]\nspecs = ["specs"]\ntargets = [{listed}]\n')
    return Settings(root, targets=targets)


def problem(root: Path, *targets: str) -> Diagnostic:
    with pytest.raises(ProjectProblemError) as raised:
        load_targets(settings(root, *targets))
    return raised.value.found[0]


def test_a_package_that_is_installed_adds_a_target(installed: Path, tmp_path: Path) -> None:
    [target] = load_targets(settings(tmp_path, "names"))
    assert target.render(Project("shop")) == {"web/names.txt": ""}


def test_ours_are_there_and_come_once_in_the_order_of_the_settings(tmp_path: Path) -> None:
    found = load_targets(settings(tmp_path, "typescript", "openapi", "typescript"))
    assert [target.name for target in found] == ["typescript", "openapi"]


def test_an_unknown_target_has_a_place_and_the_nearest_name(installed: Path, tmp_path: Path) -> None:
    found = problem(tmp_path, "typescript", "nmaes")
    assert (found.code, found.message, found.hint) == ("K401", "there is no target `nmaes`", "did you mean `names`?")
    assert (found.span.file, found.span.line, found.span.column) == ("pyproject.toml", 3, 27)


def test_where_none_is_near_all_are_named(tmp_path: Path) -> None:
    assert problem(tmp_path, "x").hint == "targets here are asyncapi, jsonschema, openapi, typescript"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing", "AttributeError: module 'surestep_names' has no attribute 'nothing'"),
        ("text", "surestep_names:__name__ is no surestep_codegen.targets.Target"),
        ("other", "it calls itself `another-name`"),
    ],
)
def test_what_is_no_target_is_refused(installed: Path, tmp_path: Path, name: str, why: str) -> None:
    found = problem(tmp_path, name)
    assert (found.code, found.message) == ("K402", f"the target `{name}` cannot be loaded: {why}")


def test_a_package_that_does_not_import_is_refused(installed: Path, tmp_path: Path) -> None:
    (installed / "surestep_names.py").write_text("1 / 0\n")
    assert problem(tmp_path, "names").message.endswith("cannot be loaded: ZeroDivisionError: division by zero")


def test_no_targets_need_no_settings_file(tmp_path: Path) -> None:
    assert load_targets(Settings(tmp_path)) == ()
