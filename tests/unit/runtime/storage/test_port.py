"""What a checkpoint says of itself."""

from dataclasses import fields, replace
from typing import Any, Final

from surestep.core.records import RunStatus
from surestep.storage.port import Checkpoint

_PLAIN: Final = Checkpoint("r1", 0, ())
_NO_EFFECTS: Final = {"run_id", "first_seq", "records"}


def test_a_checkpoint_of_records_does_nothing_else() -> None:
    assert _PLAIN.has_only_records()


def test_one_with_anything_in_any_other_field_does() -> None:
    for name in {field.name for field in fields(_PLAIN)} - _NO_EFFECTS:
        something: Any = RunStatus.RUNNING if name == "status" else ("something",)
        assert not replace(_PLAIN, **{name: something}).has_only_records(), name
