from collections.abc import Callable
from pathlib import Path

import pytest

from surestep_codegen.plan.index import Layout
from surestep_codegen.sync.survey import Survey, survey_handlers
from surestep_dsl.load import load_files
from surestep_dsl.model import Project

SPEC = """\
spec: 1
app: shop
events:
  order/created: {data: {orderId: string}}
functions:
  process-order: {triggers: {event: order/created}, returns: string, on_failure: true}
"""


def project_of(spec: str) -> Project:
    project = load_files({"shop.yaml": spec}, handlers="shop.handlers").project
    assert project is not None
    return project


@pytest.fixture
def survey(tmp_path: Path) -> Callable[..., Survey]:
    """Hold modules of handlers, by name, against a spec."""

    def hold(files: dict[str, bytes], spec: str = SPEC) -> Survey:
        for name, content in files.items():
            path = tmp_path / "shop/handlers" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return survey_handlers(project_of(spec), Layout("shop.contract", "shop.handlers"), tmp_path, "")

    return hold


@pytest.fixture
def mend(survey: Callable[..., Survey]) -> Callable[..., str]:
    """The module `process_order.py` as it should be; the others are not looked at."""

    def mended(text: str, spec: str = SPEC) -> str:
        content = text.encode()
        found = survey({"process_order.py": content}, spec)
        assert found.diagnostics == ()
        after = {change.path: change.after for change in found.changes}
        return after.get("shop/handlers/process_order.py", content).decode()

    return mended
