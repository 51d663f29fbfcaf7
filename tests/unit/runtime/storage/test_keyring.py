import base64
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from surestep.errors import ConfigurationError, StoreError
from surestep.storage.keyring import Keyring, load_keyring, new_key

OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))


@given(st.binary(), st.text())
def test_what_was_sealed_opens_at_its_place(plain: bytes, place: str) -> None:
    ring = Keyring(NEW)

    assert ring.open(ring.seal(plain, place), place) == plain


def test_the_same_value_is_sealed_differently_each_time() -> None:
    ring = Keyring(NEW)

    assert ring.seal(b"4111", "here") != ring.seal(b"4111", "here")


def test_the_first_key_seals_and_every_key_opens() -> None:
    sealed = Keyring(OLD).seal(b"secret", "here")

    both = Keyring(NEW, OLD)
    assert both.open(sealed, "here") == b"secret"
    with pytest.raises(StoreError, match="not among the keys"):
        Keyring(OLD).open(both.seal(b"secret", "here"), "here")


def test_another_place_does_not_open_it() -> None:
    ring = Keyring(NEW)

    with pytest.raises(StoreError, match="event 2 was altered, moved or damaged: its seal is broken"):
        ring.open(ring.seal(b"secret", "event 1"), "event 2")


def test_no_bit_of_what_is_sealed_can_be_changed() -> None:
    ring = Keyring(NEW)
    sealed = ring.seal(b"secret", "here")

    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(StoreError, match="here"):
            ring.open(bytes(changed), "here")
    for length in range(len(sealed)):
        with pytest.raises(StoreError, match="here"):
            ring.open(sealed[:length], "here")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no key"),
        ("not base64!", "key 1 is not base64"),
        (f"{OLD},c2hvcnQ=", "key 2 has 5 bytes instead of 32"),
    ],
)
def test_a_text_that_is_no_key_is_refused_and_not_repeated(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_keyring({"SURESTEP_KEYS": text})

    assert "c2hvcnQ" not in str(caught.value)
    assert caught.value.hint == "`surestep db new-key` makes one"


def test_keys_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text(f"{NEW}\n{OLD}\n")

    assert load_keyring({}) is None
    found = [load_keyring({"SURESTEP_KEYS": f"{NEW}, {OLD}"}), load_keyring({"SURESTEP_KEYS_FILE": str(file)})]
    assert [ring and ring.ids for ring in found] == [Keyring(OLD, NEW).ids] * 2
    assert [ring and ring.first_id for ring in found] == [Keyring(NEW).first_id] * 2


def test_a_file_of_keys_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=str(tmp_path / "missing")):
        load_keyring({"SURESTEP_KEYS_FILE": str(tmp_path / "missing")})


def test_a_new_key_is_256_random_bits() -> None:
    assert len(base64.b64decode(new_key())) == 32
    assert new_key() != new_key()
