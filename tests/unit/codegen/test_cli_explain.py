import pytest
from click.testing import CliRunner, Result

from surestep_codegen.breaking.rules import RULES
from surestep_codegen.cli_explain import explain
from surestep_codegen.project_codes import PROJECT_CODES
from surestep_dsl.code_table import ALL_CODES
from surestep_dsl.determinism_codes import DETERMINISM_CODES

EVERY = [
    *ALL_CODES,
    *PROJECT_CODES,
    *sorted(rule.code for rule in RULES),
    *("B901", "B902", "B903"),
    *DETERMINISM_CODES,
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, arguments)


def test_a_code_is_explained_with_two_examples() -> None:
    assert run("S107").stdout == (
        "error[S107]: not true or false\n\n"
        "A switch is `true` or `false`; `yes` and `on` are texts.\n\n"
        "Wrong:\n\n"
        "    events: {shop/order.created: {}}\n"
        "    functions:\n"
        "      f:\n"
        "        triggers: {event: shop/order.created}\n"
        "        on_failure: yes\n\n"
        "Right:\n\n"
        "    events: {shop/order.created: {}}\n"
        "    functions:\n"
        "      f:\n"
        "        triggers: {event: shop/order.created}\n"
        "        on_failure: true\n"
    )


def test_a_check_is_explained_by_its_own_page() -> None:
    result = run("v201")
    assert "warning[V201]: an event name outside the convention; settings can choose another severity" in result.stdout
    assert "should read `domain/noun.verb`" in result.stdout


def test_a_code_of_the_project_is_explained_in_words() -> None:
    assert run("K104").stdout == (
        "error[K104]: orphan\n\n"
        "A file was generated from something that no spec declares any more. `surestep generate` deletes it.\n"
    )


def test_a_rule_of_compatibility_is_explained_with_two_changes() -> None:
    assert run("B103").stdout == (
        "error[B103]: an optional field is made required [WIRE: producers]; the setting `breaking` chooses whether it "
        "fails\n\n"
        "A field that could be absent must be there now, or its default is gone.\n\n"
        "Producers that leave it out are refused. A default keeps them going.\n\n"
        "Breaks:\n\n"
        "    before\n"
        "        events: {order/created: {data: {note?: string}}}\n"
        "    after\n"
        "        events: {order/created: {data: {note: string}}}\n\n"
        "Does not:\n\n"
        "    before\n"
        "        events: {order/created: {data: {note?: string}}}\n"
        "    after\n"
        "        events: {order/created: {data: {note: {type: string, default: none}}}}\n"
    )


def test_without_a_code_all_are_listed() -> None:
    lines = run().stdout.splitlines()
    assert [line[:4] for line in lines] == EVERY
    assert "B101  error    a required field is added" in lines
    assert "V201  warning  an event name outside the convention" in lines


@pytest.mark.parametrize(
    ("code", "hint"), [("V2O1", "did you mean `V201`?"), ("nothing", "`surestep explain` lists all")]
)
def test_an_unknown_code_is_a_wrong_argument_with_a_hint(code: str, hint: str) -> None:
    result = run(code)
    assert (result.exit_code, hint in result.stderr) == (2, True)


@pytest.mark.parametrize("code", EVERY)
def test_no_page_floods_the_terminal(code: str) -> None:
    lines = run(code).stdout.splitlines()
    assert len(lines) < 100
    assert max(map(len, lines)) < 130
    assert all(line.isprintable() for line in lines)


def test_examples_of_several_files_name_them() -> None:
    assert "    a.yaml\n        spec: 1\n" in run("S116").stdout
    assert "(a link to a file that is not there)" in run("S001").stdout
    assert "(no file)" in run("S117").stdout
    assert "caf\\xe9" in run("S002").stdout.lower()
