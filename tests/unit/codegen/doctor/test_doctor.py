"""`surestep doctor`: nothing about a healthy project, and one finding for each thing that is wrong."""

import json
import subprocess
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_doctor import doctor


def run(*options: str) -> Result:
    return CliRunner().invoke(doctor, options, catch_exceptions=False)


def found() -> list[tuple[str, str, int]]:
    return [(one["code"], one["file"], one["line"]) for one in json.loads(run("--format", "json").stdout)]


def settle(project: Path, old: str, new: str, name: str = "pyproject.toml") -> None:
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new))


def test_a_healthy_project_needs_one_line(project: Path) -> None:
    result = run()
    assert (result.exit_code, result.output) == (0, "nothing to mend in 8 checks\n")


def test_a_finding_has_place_hint_and_status(project: Path) -> None:
    settle(project, "strict = true\n", "")
    result = run()
    assert (result.exit_code, result.output) == (
        1,
        (
            "pyproject.toml:5:1: warning[K308]: mypy is not strict, so handlers without types pass unseen\n"
            "  5 | [tool.mypy]\n"
            "    | ^\n"
            "  hint: set `strict = true` for mypy\n\n"
            "1 finding in 8 checks\n"
        ),
    )


def test_wrong_settings_are_shown_as_they_are(project: Path) -> None:
    settle(project, 'package = "shop.contract"', 'package = "shop-contract"')
    result = run()
    assert (result.exit_code, "error[P103]: `package` must be the dotted name of a module" in result.stderr) == (
        1,
        True,
    )


def test_settings_above_the_project_are_told(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    above = project.parent / "pyproject.toml"
    above.write_text("[tool.surestep]\n")
    try:
        assert found() == [("K302", str(above), 1)]
    finally:
        above.unlink()


def test_specs_with_errors_are_told_at_the_first_one(project: Path) -> None:
    settle(project, "string", "strin", "specs/shop.yaml")
    assert found() == [("K301", "specs/shop.yaml", 4)]


def test_generated_code_that_is_not_in_date_is_one_finding(project: Path) -> None:
    settle(project, "order/created: {data", "order/sent: {}\n  order/created: {data", "specs/shop.yaml")
    assert found() == [("K303", "shop/contract/events/__init__.py", 1)]


def test_a_handler_without_its_decorator_is_told_by_sync(project: Path) -> None:
    settle(project, "@process_order\n", "", "shop/handlers/process_order.py")
    assert found() == [("K208", "shop/handlers/process_order.py", 1)]


def test_two_modules_with_one_handler_are_told(project: Path) -> None:
    handlers = project / "shop/handlers"
    (handlers / "again.py").write_text((handlers / "process_order.py").read_text())
    assert found() == [("K205", "shop/handlers/again.py", 7)]


def test_a_module_that_lacks_something_is_told(project: Path) -> None:
    settle(project, "ctx: ProcessOrderContext", "ctx", "shop/handlers/process_order.py")
    assert found() == [("K304", "shop/handlers/process_order.py", 1)]


def test_a_missing_upcaster_is_told(project: Path) -> None:
    settle(project, "{data", "{version: b, previous: [{version: a, data: {}}], data", "specs/shop.yaml")
    (project / "shop/handlers/upcasters").mkdir()
    (project / "shop/handlers/upcasters/__init__.py").write_text("")
    (project / "shop/handlers/upcasters/order_created.py").write_text("")
    codes = [code for code, _, _ in found()]
    assert codes == ["K303", "K201", "K304"]


def test_forgotten_awaits_that_pass_are_told(project: Path) -> None:
    settle(project, 'enable_error_code = ["unused-awaitable"]\n', "")
    assert found() == [("K309", "pyproject.toml", 5)]


def test_pydantics_plugin_is_told_until_it_is_strict(project: Path) -> None:
    settle(project, 'plugins = ["', 'plugins = ["pydantic.mypy", "')
    assert found() == [("K310", "pyproject.toml", 7)]
    settle(project, "[tool.mypy]", "[tool.pydantic-mypy]\ninit_typed = true\ninit_forbid_extra = true\n\n[tool.mypy]")
    assert found() == []


def test_a_missing_plugin_of_our_own_is_told(project: Path) -> None:
    settle(project, 'plugins = ["surestep_codegen.mypy"]\n', "")
    assert found() == [("K311", "pyproject.toml", 5)]


def test_mypy_ini_counts_before_pyproject(project: Path) -> None:
    (project / "mypy.ini").write_text("[mypy]\nstrict = True\nplugins =\n  pydantic.mypy,\n  surestep_codegen.mypy\n")
    assert found() == [("K309", "mypy.ini", 1), ("K310", "mypy.ini", 4)]


def test_a_package_named_like_one_of_pythons_is_told(project: Path) -> None:
    settle(project, 'package = "shop.contract"', 'package = "json.contract"')
    assert [(code, line) for code, _, line in found() if code == "K307"] == [("K307", 2)]


def test_a_package_named_like_an_installed_one_is_told(project: Path) -> None:
    settle(project, 'handlers = "shop.handlers"', 'handlers = "click.handlers"')
    assert [(code, line) for code, _, line in found() if code == "K307"] == [("K307", 3)]


def test_a_library_that_is_too_old_or_missing_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = metadata.version

    def version(name: str) -> str:
        if name == "mypy":
            raise metadata.PackageNotFoundError
        return "2.4.9b1" if name == "pydantic" else original(name)

    monkeypatch.setattr(metadata, "version", version)
    shown = run().output
    assert "error[K305]: pydantic is 2.4.9b1, and surestep needs 2.12 or newer" in shown
    assert "error[K305]: mypy is not installed, and surestep needs 2.4 or newer" in shown
    assert 'hint: pip install --upgrade "surestep[dev]"' in shown


def test_an_old_sqlite_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = subprocess.run

    def answer(command: list[str], **options: object) -> object:
        if "apsw" in command[-1]:
            return SimpleNamespace(stdout="3.40.1\n", returncode=0)
        return original(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", answer)
    assert "error[K306]: apsw contains SQLite 3.40.1; before 3.51.3 it can corrupt files" in run().output


def test_no_user_code_is_imported(project: Path) -> None:
    settle(project, '"""Handler', 'raise SystemExit("imported")\n"""Handler', "shop/handlers/process_order.py")
    assert found() == []
