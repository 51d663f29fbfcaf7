import re
from pathlib import Path

import apsw
import pytest

import surestep.storage.sqlite as package
from surestep.core.records import ENDED
from surestep.storage.sqlite.statements import READS, WRITES, load_migrations, parse_statements


def test_statements_are_found_by_name() -> None:
    parsed = parse_statements("-- one\n-- First.\nSELECT 1;\n\n-- two_more\n-- Second.\nSELECT\n  2;\n")

    assert dict(parsed) == {"one": "SELECT 1;", "two_more": "SELECT\n  2;"}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 0;\n-- one\n-- First.\nSELECT 1;\n",
        "-- one\n-- First.\nSELECT 1;\n-- one\n-- Again.\nSELECT 2;\n",
        "-- one\n-- First.\nSELECT 1;\nSELECT 2;\n",
        "-- one\n-- First.\nSELECT 1\n",
    ],
)
def test_a_file_that_is_not_such_a_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="statement"):
        parse_statements(text)


def _explain(how: str, sql: str, column: int = 3) -> list[str]:
    connection = apsw.Connection(":memory:")
    for script in load_migrations():
        connection.execute(script)
    numbered = [int(number) for number in re.findall(r"\?(\d+)", sql)]
    bindings = [None] * max(numbered, default=sql.count("?")) if "?" in sql else {"limit": 1}
    return [row[column] for row in connection.execute(f"{how} {sql.format(conditions='true')}", bindings)]


@pytest.mark.parametrize("sql", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])
def test_every_statement_fits_the_schema(sql: str) -> None:
    assert _explain("EXPLAIN", sql)


def test_every_statement_is_used() -> None:
    source = "".join(path.read_text() for path in Path(package.__path__[0]).glob("*.py"))

    assert [name for name in (*READS, *WRITES) if f'"{name}"' not in source] == []


def test_statements_agree_with_the_core_on_which_runs_have_ended() -> None:
    lists = [set(re.findall(r"status <> '(\w+)'", sql)) for sql in WRITES.values() if "status <>" in sql]

    assert lists == [ENDED] * 3


@pytest.mark.parametrize("name", ["advance_run", "advance_run_to", "add_record", "is_live"])
def test_what_every_checkpoint_does_needs_no_table_of_its_own(name: str) -> None:
    assert "OpenEphemeral" not in _explain("EXPLAIN", WRITES[name], column=1)


@pytest.mark.parametrize("name", WRITES)
def test_no_write_walks_a_whole_table(name: str) -> None:
    plan = _explain("EXPLAIN QUERY PLAN", WRITES[name])

    assert [step for step in plan if re.match(r"SCAN (?!CONSTANT ROW|paths|owner|schedules)", step)] == []


@pytest.mark.parametrize("name", ["run", "events_of_run", "records_of_run", "signals_of_run", "next_due"])
def test_no_read_that_blocks_the_loop_walks_a_whole_table(name: str) -> None:
    plan = _explain("EXPLAIN QUERY PLAN", READS[name])

    assert [step for step in plan if re.match(r"SCAN (?!asked)", step)] == []
