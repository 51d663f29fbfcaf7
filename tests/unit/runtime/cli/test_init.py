import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from surestep.cli.first_project import app_id_of
from surestep.cli.main import surestep


def init(*arguments: str) -> Result:
    return CliRunner().invoke(surestep, ["init", *arguments])


def files_below(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_directory_gets_a_whole_project_and_the_next_commands(here: Path) -> None:
    result = init("my-shop")
    assert result.exit_code == 0
    assert files_below(here / "my-shop") == [
        ".gitignore",
        "my_shop/__init__.py",
        "my_shop/handlers/__init__.py",
        "my_shop/handlers/greet_user.py",
        "pyproject.toml",
        "specs/hello.yaml",
    ]
    assert result.stdout.partition("Next:\n")[2].splitlines() == [
        "  cd my-shop",
        "  surestep dev",
        """  surestep send demo/user.greeted '{"name": "Ada"}'    # in another terminal""",
        "  surestep runs list",
        "  surestep export spec-schema --out .surestep/spec.schema.json    # lets an editor complete and check specs",
    ]


def test_settings_are_added_to_a_pyproject_that_exists(here: Path) -> None:
    (here / "pyproject.toml").write_text('[project]\nname = "mine"  # kept')
    (here / ".gitignore").write_text("dist/\n__pycache__/\n")
    assert init().exit_code == 0
    text = (here / "pyproject.toml").read_text()
    module = tomllib.loads(text)["tool"]["surestep"]["package"].removesuffix(".contract")
    assert text == (
        '[project]\nname = "mine"  # kept\n\n[tool.surestep]\nspecs = ["specs"]\n'
        f'package = "{module}.contract"\nhandlers = "{module}.handlers"\n'
    )
    assert (here / ".gitignore").read_text() == "dist/\n__pycache__/\n.surestep/\n.mypy_cache/\n"


def test_a_second_time_nothing_is_touched(here: Path) -> None:
    init("shop")
    before = {name: (here / "shop" / name).read_text() for name in files_below(here / "shop")}
    result = init("shop")
    assert (result.exit_code, result.stderr.splitlines()[0]) == (3, "error: specs/hello.yaml exists already")
    assert {name: (here / "shop" / name).read_text() for name in files_below(here / "shop")} == before


def test_a_project_with_settings_is_left_alone(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.surestep]\n")
    result = init()
    assert (result.exit_code, result.stderr.splitlines()[0]) == (3, "error: pyproject.toml already has [tool.surestep]")
    assert files_below(here) == ["pyproject.toml"]


def test_a_pyproject_that_cannot_be_read_is_not_extended(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool")
    result = init()
    assert result.exit_code == 3
    assert result.stderr.startswith("error: pyproject.toml is not valid TOML: ")
    assert files_below(here) == ["pyproject.toml"]


def test_a_directory_that_cannot_be_written_is_told(here: Path) -> None:
    (here / "specs").write_text("a file where a directory is needed")
    result = init()
    assert (result.exit_code, result.stderr) == (3, "error: cannot write specs: File exists\n")


@pytest.mark.parametrize("directory", ["json", "import"])
def test_a_name_that_python_knows_already_is_not_taken_for_the_package(here: Path, directory: str) -> None:
    assert init(directory).exit_code == 0
    assert (here / directory / f"{directory}_app" / "handlers" / "greet_user.py").exists()


@pytest.mark.parametrize(
    ("directory", "app"),
    [("shop", "shop"), ("My Shop 2", "my-shop-2"), ("2nd_shop", "nd-shop"), ("2024", "app"), ("", "app"), ("ß", "app")],
)
def test_any_directory_name_gives_a_valid_app_id(directory: str, app: str) -> None:
    assert app_id_of(directory) == app
