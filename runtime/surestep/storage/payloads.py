"""How payloads are stored: plain, compressed or sealed. JSON stays as it is; a first byte below 8 says what was done.

With keys every payload is sealed, not only the values that specs call sensitive: a step that was handed such a value
may return it as plain text, and an error may quote it. A sealed record hides its head, too, for a short hash of a
step's arguments stands there. The place of a payload is bound to it, so none can be put in another's stead.
"""

import zlib
from typing import Final

from surestep.errors import StoreError
from surestep.limits import COMPRESSED_BYTES
from surestep.storage.codec import Encoded
from surestep.storage.keyring import Keyring

__all__ = ["Payloads", "event_place", "record_place", "signal_place", "waiter_place"]

_AS_IS: Final = b"\x00"
"""In front of a payload that begins like one of these marks, which JSON never does."""

_COMPRESSED: Final = b"\x01"
_SEALED: Final = b"\x02"
_FIRST_OF_JSON: Final = 8
_SIZE_OF_HEAD: Final = 4


class Payloads:
    """Between payloads and what is stored of them. Places are texts such as `event 01K...`."""

    def __init__(self, keyring: Keyring | None = None) -> None:
        self._keyring = keyring

    def keeps(self, plain: bytes) -> bool:
        """Whether it is stored as it is."""
        return self._keyring is None and _is_short_json(plain)

    def pack(self, plain: bytes, place: str) -> bytes:
        """What to store; the empty payload stays empty."""
        if self._keyring is None or not plain:
            return _compress(plain)
        return _SEALED + self._keyring.seal(_compress(plain), place)

    def unpack(self, stored: bytes, place: str) -> bytes:
        """The payload that was stored.

        Raises:
            StoreError: it cannot be opened.
        """
        if not stored or stored[0] >= _FIRST_OF_JSON:
            return stored
        mark, rest = stored[:1], stored[1:]
        if mark == _SEALED:
            if self._keyring is None:
                raise StoreError(f"{place} is sealed, and no keys are given")
            return self.unpack(self._keyring.open(rest, place), place)
        if mark == _COMPRESSED:
            return _decompress(rest, place)
        if mark == _AS_IS:
            return rest
        raise StoreError(f"{place} is stored in an unknown way: a newer version wrote it, or the file is damaged")

    def pack_encoded(self, encoded: Encoded, place: str) -> Encoded:
        """A record or signal as it is stored."""
        if self._keyring is None:
            value = _compress(encoded.value)
            return encoded if value is encoded.value else encoded._replace(value=value)
        head = encoded.head.encode()
        return Encoded(encoded.kind, "", self.pack(len(head).to_bytes(_SIZE_OF_HEAD) + head + encoded.value, place))

    def unpack_encoded(self, stored: Encoded, place: str) -> Encoded:
        """The record or signal that was stored; its head is empty only where it was sealed."""
        value = self.unpack(stored.value, place)
        if stored.head:
            return stored if value is stored.value else stored._replace(value=value)
        end = _SIZE_OF_HEAD + int.from_bytes(value[:_SIZE_OF_HEAD])
        return Encoded(stored.kind, value[_SIZE_OF_HEAD:end].decode(), value[end:])


def event_place(event_id: str) -> str:
    """Where an event's data are."""
    return f"event {event_id}"


def record_place(run_id: str, seq: int) -> str:
    """Where a record is."""
    return f"record {seq} of run {run_id}"


def signal_place(run_id: str, number: int) -> str:
    """Where a signal is."""
    return f"signal {number} of run {run_id}"


def waiter_place(number: int) -> str:
    """Where the trigger is that a waiter's condition speaks of."""
    return f"waiter {number}"


def _is_short_json(plain: bytes) -> bool:
    return len(plain) <= COMPRESSED_BYTES and (not plain or plain[0] >= _FIRST_OF_JSON)


def _compress(plain: bytes) -> bytes:
    if _is_short_json(plain):
        return plain
    if len(plain) > COMPRESSED_BYTES:
        shorter = _COMPRESSED + zlib.compress(plain, level=1)
        if len(shorter) < len(plain):
            return shorter
    return plain if plain[0] >= _FIRST_OF_JSON else _AS_IS + plain


def _decompress(stored: bytes, place: str) -> bytes:
    try:
        return zlib.decompress(stored)
    except zlib.error as error:
        raise StoreError(f"{place} is damaged: {error}") from None
