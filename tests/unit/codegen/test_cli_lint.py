import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from surestep_codegen.cli_lint import lint

SETTINGS = '[tool.surestep]\npackage = "shop.contract"\nhandlers = "shop.handlers"\n'
HANDLER = """\
from shop.contract.functions.charge import charge
from shop.tools import stamp


@charge
async def handle(ctx, step):
    await step.sleep("wait", "1m")
    return stamp(), ctx.pricing(1)
"""
TOOLS = "import time\n\n\ndef stamp():\n    return time.time()\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(lint, arguments)


def run_json(*arguments: str) -> Any:
    return json.loads(run("--format", "json", *arguments).stdout)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one finding, D101, is around the current directory."""
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    files = {"pyproject.toml": SETTINGS, "shop/handlers/charge.py": HANDLER, "shop/tools.py": TOOLS}
    files |= dict.fromkeys(("shop/__init__.py", "shop/handlers/__init__.py", "shop/contract/__init__.py"), "")
    for name, text in files.items():
        write(tmp_path / name, text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_finding_shows_the_chain_and_what_to_use_instead() -> None:
    result = run()
    assert result.exit_code == 1
    assert result.stdout == (
        "shop/handlers/charge.py:8:12: error[D101]: handler code reaches time.time (clock), which may differ on a "
        "replay: handle → stamp (tools.py:4) → time.time\n"
        "  8 |     return stamp(), ctx.pricing(1)\n"
        "    |            ^^^^^^^\n"
        "  hint: use `ctx.now()`\n"
        "  shop/tools.py:5:12: stamp uses time.time\n"
        "\n"
        "shop/handlers/charge.py:6: note: 1 call of handle not followed: shop/handlers/charge.py:8 ctx.pricing(...)\n"
        "1 error in 3 files, 1 handler\n"
    )


def test_json_has_findings_and_what_was_not_followed() -> None:
    found = run_json()
    (finding,) = found["findings"]
    assert {name: finding[name] for name in ("file", "line", "column", "code", "kind", "chain", "fix", "severity")} == {
        "file": "shop/handlers/charge.py",
        "line": 8,
        "column": 12,
        "code": "D101",
        "kind": "clock",
        "chain": ["handle", "stamp (tools.py:4)", "time.time"],
        "fix": None,
        "severity": "error",
    }
    assert found["not_followed"] == [
        {
            "file": "shop/handlers/charge.py",
            "line": 6,
            "handler": "handle",
            "calls": ["shop/handlers/charge.py:8 ctx.pricing(...)"],
        }
    ]
    assert (found["handlers"], found["modules"]) == (1, 3)


def test_sarif_and_github_name_the_code(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    log = json.loads(run("--format", "sarif").stdout)["runs"][0]
    place = log["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert (log["results"][0]["ruleId"], place) == ("D101", f"{project.name}/shop/handlers/charge.py")
    assert log["tool"]["driver"]["rules"][log["results"][0]["ruleIndex"]]["id"] == "D101"
    assert run("--format", "github").stdout.startswith(
        f"::error file={project.name}/shop/handlers/charge.py,line=8,endLine=8,col=12,endColumn=18,"
        "title=D101%3A a clock read between steps::"
    )


def test_without_findings_the_status_is_zero(project: Path) -> None:
    write(project / "shop/tools.py", "def stamp():\n    return 1\n")
    result = run()
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "no problems in 3 files, 1 handler")


def test_warnings_fail_where_they_are_to(project: Path) -> None:
    write(project / "shop/tools.py", "def stamp():\n    print('x')\n")
    assert (run().exit_code, run("--strict").exit_code) == (0, 1)


def test_settings_choose_severities(project: Path) -> None:
    write(project / "pyproject.toml", f'{SETTINGS}severity = {{ D101 = "info" }}\n')
    assert (run().exit_code, [one["severity"] for one in run_json()["findings"]]) == (0, ["info"])
    write(project / "pyproject.toml", f'{SETTINGS}severity = {{ D101 = "off" }}\n')
    assert run_json()["findings"] == []
    write(project / "pyproject.toml", f'{SETTINGS}severity = {{ D100 = "off" }}\n')
    assert "D100 stays an error" in run().stderr


def test_a_baseline_hides_what_it_knows_and_tells_what_is_gone(project: Path) -> None:
    assert run("--baseline", "known.json", "--write-baseline").stdout == ("known.json: findings known from now on: 1\n")
    assert (run("--baseline", "known.json").exit_code, run_json("--baseline", "known.json")["findings"]) == (0, [])
    write(project / "shop/tools.py", "def stamp():\n    return 1\n")
    assert [one["code"] for one in run_json("--baseline", "known.json")["findings"]] == ["S203"]
    assert run_json("--baseline", "known.json", "shop/tools.py")["findings"] == []


def test_wrong_arguments(project: Path) -> None:
    write(project / "other.json", "{}")
    assert run("--write-baseline").exit_code == 2
    assert run("--baseline", "other.json").exit_code == 2
    assert run("--baseline", "gone.json").exit_code == 2
    assert run("gone.py").exit_code == 2


def test_a_baseline_that_cannot_be_written_is_a_fault() -> None:
    assert run("--baseline", "no/such/folder.json", "--write-baseline").exit_code == 3


def test_a_handler_of_the_project_may_live_beside_the_others(project: Path) -> None:
    write(project / "shop/elsewhere.py", HANDLER)
    assert {one["file"] for one in run_json()["findings"]} == {"shop/handlers/charge.py", "shop/elsewhere.py"}


def test_paths_need_no_project(project: Path, tmp_path: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert run().exit_code == 1
    found = run_json("shop")
    assert [one["file"] for one in found["findings"]] == ["shop/handlers/charge.py"]
    assert not (tmp_path / ".surestep_cache").exists()


def test_functions_may_be_named_as_handlers(project: Path) -> None:
    body = "(ctx, step):\n    return time.time()\n"
    text = f"import time\nasync def work{body}async def other{body}"
    write(project / "jobs.py", text)
    assert run_json("jobs.py")["findings"] == []
    assert [one["line"] for one in run_json("--handlers", "work", "jobs.py")["findings"]] == [3]
    assert len(run_json("--handlers", "work", "--handlers", "other", "jobs.py")["findings"]) == 2


def test_relative_imports_and_nested_packages_are_followed(project: Path) -> None:
    relative = HANDLER.replace("from shop.tools", "from ..tools").replace("from shop.contract", "from ..contract")
    write(project / "shop/handlers/charge.py", relative)
    assert [one["code"] for one in run_json()["findings"]] == ["D101"]


def test_a_wrong_setting_ends_the_command(project: Path) -> None:
    write(project / "pyproject.toml", "[tool.surestep]\npackage = 5\n")
    result = run()
    assert (result.exit_code, "error[P103]" in result.stderr) == (1, True)


def test_the_project_names_functions_that_are_pure_or_not(project: Path) -> None:
    table = 'pure = ["shop.tools.stamp"]\nimpure = { "shop.prices" = "network", "ctx_free" = "io" }\n'
    write(project / "pyproject.toml", f"{SETTINGS}[tool.surestep.determinism]\n{table}")
    assert run_json()["findings"] == []
    write(project / "shop/prices.py", "def quote():\n    return 1\n")
    write(project / "shop/handlers/charge.py", HANDLER.replace("tools import stamp", "prices import quote as stamp"))
    assert [(one["code"], one["chain"]) for one in run_json()["findings"]] == [
        ("D106", ["handle", "shop.prices.quote"])
    ]


@pytest.mark.parametrize(
    "table",
    [
        "pure = 5",
        "impure = []",
        'clean = ["a"]',
        'pure = ["a b"]',
        'impure = { "shop.a" = "luck" }',
        'impure = { "shop.a" = "pure" }',
        'impure = { "shop.a" = 5 }',
    ],
)
def test_a_wrong_table_of_effects_is_told(project: Path, table: str) -> None:
    write(project / "pyproject.toml", f"{SETTINGS}[tool.surestep.determinism]\n{table}\n")
    assert "error[P103]" in run().stderr


def test_mends_are_shown_or_written(project: Path) -> None:
    before = HANDLER.replace("stamp()", "time.time()").replace("from shop.tools import stamp", "import time")
    path = project / "shop/handlers/charge.py"
    write(path, before)
    assert "1 can be mended: surestep lint --fix" in run().stdout
    shown = run("--diff")
    assert (shown.exit_code, path.read_text()) == (1, before)
    assert (
        "-    return time.time(), ctx.pricing(1)\n+    return ctx.now().timestamp(), ctx.pricing(1)\n" in shown.stdout
    )
    mended = run("--fix")
    assert (mended.exit_code, mended.stderr) == (0, "mended 1 finding in 1 file\n")
    assert path.read_text() == before.replace("time.time()", "ctx.now().timestamp()").replace("import time\n", "")
    assert (run("--diff").exit_code, run("--fix").stderr) == (0, "")


def test_libcst_is_loaded_for_mends_only(project: Path) -> None:
    """Loading it takes longer than most lints."""
    write(project / "shop/handlers/charge.py", HANDLER.replace("stamp()", "print(1)"))
    code = "import sys; from surestep_codegen.cli_lint import lint; lint(standalone_mode=False)"
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=False
    )
    assert ("1 can be mended" in found.stdout, "libcst" in found.stderr) == (True, False)


def test_a_file_that_cannot_be_mended_is_named(project: Path) -> None:
    text = HANDLER.replace("stamp()", "time.time()").replace("from shop.tools import stamp", "import time")
    (project / "shop/handlers/charge.py").write_bytes(text.replace("\n", "\r").encode())
    mended = run("--fix")
    assert (mended.exit_code, "shop/handlers/charge.py: some findings have to be mended by hand" in mended.stderr) == (
        1,
        True,
    )


def test_what_may_not_be_meant_is_shown_as_an_offer(project: Path) -> None:
    write(project / "shop/handlers/charge.py", HANDLER.replace("stamp()", "open('a').read()"))
    assert "hint: use `step.run` around it, as in: (await step.run(\"open\", open, 'a'))\n" in run().stdout


def test_what_settings_switch_off_is_not_mended(project: Path) -> None:
    write(project / "shop/tools.py", "import time\ndef stamp(ctx=None):\n    return time.time()\n")
    write(project / "pyproject.toml", f'{SETTINGS}severity = {{ D101 = "off" }}\n')
    assert run("--diff").stdout == ""
