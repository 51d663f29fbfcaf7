"""Keys with which a store seals what it keeps: AES-256-GCM, several keys at a time so that they can be changed.

A key's id is a hash of the key, so nobody has to name keys, and a wrong key is told from damage. What is sealed and
where it stands are decided in `payloads`.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from surestep.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["Keyring", "load_keyring", "new_key"]

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_NEW_KEY: Final = "`surestep db new-key` makes one"


class Keyring:
    """Seals with its first key and opens with all of them.

    Args:
        keys: base64 texts of 32 bytes each.

    Raises:
        ConfigurationError: a text is no key, or the extra `encryption` is not installed.
    """

    def __init__(self, *keys: str) -> None:
        if not keys:
            raise ConfigurationError("there is no key", _NEW_KEY)
        aes = _load_aes()
        raw = [_key_of(number, text) for number, text in enumerate(keys, 1)]
        self._ciphers: dict[bytes, AESGCM] = {_id_of(key): aes(key) for key in raw}
        self._first = _id_of(raw[0])

    @property
    def first_id(self) -> str:
        """The id of the key that seals, as hexadecimal text."""
        return self._first.hex()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(key_id.hex() for key_id in self._ciphers)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Key id, nonce and ciphertext with its tag; it opens at the same `place` only."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._first + nonce + self._ciphers[self._first].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """What was sealed at `place`.

        Raises:
            StoreError: its key is not here, or it was altered, moved or damaged.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 -- the extra is installed where a keyring is

        key_id, rest = sealed[:_ID_BYTES], sealed[_ID_BYTES:]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise StoreError(f"{place} is sealed with key {key_id.hex()}, which is not among the keys given")
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise StoreError(f"{place} was altered, moved or damaged: its seal is broken") from None


def load_keyring(environment: Mapping[str, str] = os.environ) -> Keyring | None:
    """The keys in `SURESTEP_KEYS`, or in the file that `SURESTEP_KEYS_FILE` names; None where neither is set.

    Several keys are separated by commas or white space; the first one seals.

    Raises:
        ConfigurationError: the file cannot be read, or there is no right key in it.
    """
    text, name = environment.get("SURESTEP_KEYS"), environment.get("SURESTEP_KEYS_FILE")
    if text is None and name:
        try:
            text = Path(name).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"SURESTEP_KEYS_FILE {name} cannot be read: {error}", _NEW_KEY) from None
    return None if text is None else Keyring(*text.replace(",", " ").split())


def new_key() -> str:
    """A fresh key as base64 text."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _load_aes() -> "type[AESGCM]":
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError:
        raise ConfigurationError(
            "keys are given, and the library that encrypts is not installed", 'pip install "surestep[encryption]"'
        ) from None
    return AESGCM


def _key_of(number: int, text: str) -> bytes:
    """Messages never show the text: it may be a key with a typing mistake."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(f"key {number} is not base64", _NEW_KEY) from None
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(f"key {number} has {len(key)} bytes instead of {_KEY_BYTES}", _NEW_KEY)
    return key


def _id_of(key: bytes) -> bytes:
    return blake2b(key, digest_size=_ID_BYTES, person=b"surestep key id").digest()
