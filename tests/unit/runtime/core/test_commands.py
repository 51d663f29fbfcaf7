import pytest

from surestep.core.commands import StepKey


@pytest.mark.parametrize(
    ("key", "text", "wire_hash"),
    [
        (StepKey("foo"), "foo", "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"),
        (StepKey("foo", 1), "foo:1", "640df09d0c70db2d4bbe48e4421d0c8dc48c7417"),
        (StepKey(""), "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ],
)
def test_other_engines_know_a_step_by_the_sha1_of_its_text(key: StepKey, text: str, wire_hash: str) -> None:
    assert (str(key), key.wire_hash) == (text, wire_hash)
