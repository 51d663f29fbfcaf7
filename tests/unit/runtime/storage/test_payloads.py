import random

import pytest
from hypothesis import given, strategies as st

from surestep.errors import StoreError
from surestep.storage.codec import Encoded
from surestep.storage.keyring import Keyring, new_key
from surestep.storage.payloads import Payloads

SEALING = Payloads(Keyring(new_key()))
KINDS = [Payloads(), SEALING]

payloads = st.binary() | st.binary(min_size=1, max_size=2).map(lambda part: part * 5_000)


@pytest.mark.parametrize("kind", KINDS)
@given(plain=payloads, head=st.text(min_size=2))
def test_every_payload_comes_back(kind: Payloads, plain: bytes, head: str) -> None:
    assert kind.unpack(kind.pack(plain, "here"), "here") == plain
    encoded = Encoded("kind", head, plain)
    assert kind.unpack_encoded(kind.pack_encoded(encoded, "here"), "here") == encoded


def test_json_is_stored_as_it_is() -> None:
    assert Payloads().pack(b'{"a":1}', "here") == b'{"a":1}'


def test_large_payloads_are_compressed_where_it_helps() -> None:
    long, noise = b'{"a":1}' * 1_000, random.Random(1).randbytes(5_000)

    assert len(Payloads().pack(long, "here")) < 100
    assert len(Payloads().pack(noise, "here")) <= 5_001
    assert len(SEALING.pack(long, "here")) < 150


def test_a_sealed_record_hides_its_head() -> None:
    stored = SEALING.pack_encoded(Encoded("step_failed", '["f1","card 4111"]', b"null"), "here")

    assert (stored.kind, stored.head) == ("step_failed", "")
    assert b"4111" not in stored.value


def test_what_is_sealed_needs_its_key() -> None:
    with pytest.raises(StoreError, match="here is sealed, and no keys are given"):
        Payloads().unpack(SEALING.pack(b"{}", "here"), "here")


def test_damage_and_news_are_told() -> None:
    compressed = Payloads().pack(b'{"a":1}' * 1_000, "here")

    with pytest.raises(StoreError, match="here is damaged"):
        Payloads().unpack(compressed[:20], "here")
    with pytest.raises(StoreError, match="here is stored in an unknown way"):
        Payloads().unpack(b"\x07rest", "here")
