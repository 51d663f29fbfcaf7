import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.diagnostics import Diagnostic, Related, Severity, Span
from surestep_dsl.report_sarif import render_sarif

SCRIPT = Path(__file__).parents[3] / "scripts" / "sarif_schema"
FOUND = Diagnostic(
    "S010",
    Severity.ERROR,
    "the key `a` is written twice",
    Span("my specs/a.yaml", 3, 1, 3, 4),
    "remove one",
    (Related(Span("b.yaml", 2, 3, 2, 4), "first written here"),),
)
NOWHERE = Diagnostic("S117", Severity.INFO, "there is no spec", Span("/srv/x y", 1, 1, 1, 1))


def sarif(*diagnostics: Diagnostic) -> Any:
    return json.loads(render_sarif(diagnostics, "0.1.0"))


@pytest.fixture(scope="module")
def schema() -> Any:
    ran = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    if ran.returncode == 3:
        pytest.skip(ran.stderr.strip())
    assert ran.returncode == 0, ran.stderr
    return json.loads(Path(ran.stdout.strip()).read_text(encoding="utf-8"))


@pytest.mark.parametrize("diagnostics", [(), (FOUND,), (FOUND, NOWHERE)], ids=len)
def test_a_log_is_valid_by_the_official_schema(schema: Any, diagnostics: tuple[Diagnostic, ...]) -> None:
    jsonschema.Draft4Validator(schema).validate(sarif(*diagnostics))


def test_the_schema_refuses_what_is_no_log(schema: Any) -> None:
    log = sarif(FOUND)
    log["runs"][0]["results"][0]["level"] = "fatal"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(schema).validate(log)


def test_a_result_says_what_where_and_how_to_mend_it() -> None:
    assert sarif(FOUND)["runs"][0]["results"] == [
        {
            "ruleId": "S010",
            "ruleIndex": list(ALL_CODES).index("S010"),
            "level": "error",
            "message": {"text": "the key `a` is written twice\nhint: remove one"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "my%20specs/a.yaml"},
                        "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 4},
                    }
                }
            ],
            "relatedLocations": [
                {
                    "id": 0,
                    "message": {"text": "first written here"},
                    "physicalLocation": {
                        "artifactLocation": {"uri": "b.yaml"},
                        "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 4},
                    },
                }
            ],
        }
    ]


def test_a_file_outside_of_the_project_has_a_whole_address() -> None:
    place = sarif(NOWHERE)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///srv/x%20y"}


def test_every_code_is_a_rule_with_its_level() -> None:
    rules = {rule["id"]: rule for rule in sarif()["runs"][0]["tool"]["driver"]["rules"]}

    assert list(rules) == list(ALL_CODES)
    assert rules["V201"]["defaultConfiguration"] == {"level": "warning"}
    assert rules["E202"]["shortDescription"] == {"text": "unknown field"}
