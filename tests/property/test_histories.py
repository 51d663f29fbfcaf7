"""Any run that can be stored can be written down and read back as it was."""

import contextlib
import json
from dataclasses import fields
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from surestep.core.commands import StepKey
from surestep.core.records import Record, RunStatus
from surestep.engines.histories import UnreadableHistoryError, parse_history, render_history
from surestep.storage.port import Parent, RunRow, StoredEvent, StoredRun

TEXTS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
JSON = VALUES.map(lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
KEYS = st.builds(StepKey, TEXTS, st.integers(0, 9))
INSTANTS = st.integers(0, 2**45)

BY_TYPE: dict[object, st.SearchStrategy[Any]] = {bytes: JSON, str: TEXTS, StepKey: KEYS, int: INSTANTS}


def built(cls: type[Any], **given_: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Any object of a dataclass whose texts are short, whose bytes are JSON and whose numbers are instants."""
    known = {field.name: BY_TYPE[field.type] for field in fields(cls) if field.type in BY_TYPE}
    return st.builds(cls, **{**known, **given_})


RECORDS = st.one_of([built(record) for record in get_args(Record)])
RUNS = st.builds(
    StoredRun,
    built(RunRow, status=st.sampled_from(RunStatus), parent=st.none() | built(Parent)),
    st.lists(built(StoredEvent), min_size=1, max_size=2).map(tuple),
    st.lists(RECORDS, max_size=4).map(tuple),
    st.just(()),
)


@given(RUNS)
def test_a_run_is_read_back_as_it_was(stored: StoredRun) -> None:
    assert parse_history(render_history(stored)) == stored


@given(VALUES)
def test_other_json_is_refused_in_a_sentence(value: object) -> None:
    with pytest.raises(UnreadableHistoryError, match=r"."):
        parse_history(json.dumps(value).encode())


@given(RUNS, st.sampled_from(["run", "events", "records"]), VALUES)
def test_a_damaged_document_is_refused_or_read(stored: StoredRun, key: str, value: object) -> None:
    document = {**json.loads(render_history(stored)), key: value}
    with contextlib.suppress(UnreadableHistoryError):
        parse_history(json.dumps(document).encode())
