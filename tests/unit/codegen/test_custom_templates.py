import re
from pathlib import Path

import pytest

from surestep_codegen.custom_templates import BUILT_IN, TEMPLATES, Templates, load_templates
from surestep_codegen.plan.model import TextFile
from surestep_codegen.project_problem import ProjectProblemError
from surestep_codegen.render import render_module
from surestep_dsl.diagnostics import Diagnostic
from surestep_dsl.settings import Settings

PLAN = TextFile("shop/__init__.py", "Sells things.")


def load(root: Path, **texts: str) -> Templates:
    """Templates of these names, with `__` for a dot."""
    (root / "templates").mkdir()
    (root / "pyproject.toml").write_text('[tool.surestep]\ntemplates = "templates"\n')
    for name, text in texts.items():
        (root / "templates" / f"{name.replace('__', '.')}.jinja").write_text(text)
    return load_templates(Settings(root, templates="templates"))


def problem_of(root: Path, text: str) -> Diagnostic:
    templates = load(root, text=text)
    with pytest.raises(ProjectProblemError) as raised:
        render_module(PLAN, templates)
    assert raised.value.sources["templates/text.jinja"].text == text
    return raised.value.found[0]


def test_a_template_takes_the_place_of_ours_and_others_stay(tmp_path: Path) -> None:
    templates = load(tmp_path, text="# Ours.\n{{ plan.description|docstring }}\n")
    assert render_module(PLAN, templates) == '# Ours.\n"""Sells things."""\n'
    assert render_module(PLAN) == '"""Sells things."""\n'


def test_templates_may_extend_ours_and_each_other(tmp_path: Path) -> None:
    templates = load(tmp_path, text='{% import "spelling.jinja" as mine %}{{ mine.header() }}', spelling=MACRO)
    assert render_module(PLAN, templates) == "# header"


MACRO = "{% macro header() %}# header{% endmacro %}"


def test_an_unknown_name_has_a_place_and_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ProjectProblemError) as raised:
        load(tmp_path, function__pi="")
    [found] = raised.value.found
    assert (found.code, found.span.file) == ("K412", "templates/function.pi.jinja")
    assert found.hint == "did you mean `function.py.jinja`?"


def test_a_directory_that_is_not_there_has_the_place_of_the_setting(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.surestep]\ntemplates = "nowhere"\n')
    with pytest.raises(ProjectProblemError) as raised:
        load_templates(Settings(tmp_path, templates="nowhere"))
    [found] = raised.value.found
    assert (found.code, found.message, found.span.line) == ("K411", "there is no directory nowhere", 2)
    assert found.hint == "create it, or take the setting out"


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/text.jinja").write_bytes(b"\xff")
    with pytest.raises(ProjectProblemError, match=r"text\.jinja:1: the template cannot be read"):
        load_templates(Settings(tmp_path, templates="templates"))


def test_a_mistake_in_a_template_has_its_line(tmp_path: Path) -> None:
    found = problem_of(tmp_path, "# one\n{% if plan %}\n# three\n{% endfor %}\n")
    assert (found.code, found.span.file, found.span.line) == ("K413", "templates/text.jinja", 4)
    assert found.message.startswith("the template is not valid: Encountered unknown tag 'endfor'")


def test_something_that_is_not_there_has_its_line(tmp_path: Path) -> None:
    found = problem_of(tmp_path, "# one\n\n{{ plan.descriptoin }}\n")
    assert (found.code, found.span.line) == ("K413", 3)
    assert found.message.startswith("the template fails for shop/__init__.py: ")
    assert "has no attribute 'descriptoin'" in found.message


def test_what_is_not_python_is_told_with_the_line_that_was_made(tmp_path: Path) -> None:
    found = problem_of(tmp_path, "x = 1\nclass {{ plan.path|repr }}:\n")
    assert found.code == "K414"
    assert found.message == (
        "what it makes of shop/__init__.py is not Python, line 2: invalid syntax: class 'shop/__init__.py':"
    )


def test_none_are_used_where_the_settings_name_none(tmp_path: Path) -> None:
    assert load_templates(Settings(tmp_path)) == BUILT_IN


def test_the_manual_lists_all_templates() -> None:
    manual = (Path(__file__).parents[3] / "docs/plugins.md").read_text()
    listed = re.findall(r"^\| `(\S+\.jinja)` \|", manual, re.MULTILINE)
    assert set(listed) == {path.name for path in TEMPLATES.glob("*.jinja")}
