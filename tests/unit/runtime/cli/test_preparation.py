import socket
from pathlib import Path

import pytest

from surestep.cli.preparation import prepare
from surestep.cli.problem import FindingError

SETTINGS = '[tool.surestep]\npackage = "shop.contract"\ntemplates = "templates"\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/shop.yaml").write_text("spec: 1\napp: shop\nevents: {order/created: {}}\n")
    (tmp_path / "templates").mkdir()
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_templates_of_the_users_are_used_and_watched(project: Path) -> None:
    (project / "templates/registry.py.jinja").write_text("REGISTRY = {{ plan.app|repr }}\n")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        prepared = prepare(project / "dev.db", listener)
    assert (project / "shop/contract/registry.py").read_text().endswith('\nREGISTRY = "shop"\n')
    assert project / "templates" in prepared.watched


def test_a_faulty_template_is_a_finding(project: Path) -> None:
    (project / "templates/registry.py.jinja").write_text("{{ plan.nothing }}\n")
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(FindingError, match=r"^templates/registry\.py\.jinja:1: the template fails for shop/"),
    ):
        prepare(project / "dev.db", listener)


@pytest.mark.parametrize(("stated", "expected"), [("", "full"), ('synchronous = "normal"\n', "normal")])
def test_what_answers_survive_is_as_the_settings_say(project: Path, stated: str, expected: str) -> None:
    (project / "pyproject.toml").write_text(f'[tool.surestep]\npackage = "shop.contract"\n{stated}')
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert prepare(project / "dev.db", listener).service.synchronous == expected
