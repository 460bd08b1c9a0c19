"""Seal what must not lie in a database in clear: AES-256-GCM, each text bound to its place."""

from __future__ import annotations

import hashlib
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12  # 96 random bits: what GCM takes without hashing them first


class CannotOpen(ValueError):
    """It was sealed with a key that is gone, for another place, or has been tampered with."""


class Sealer:
    """Seals with the first key and opens with all of them, so that keys can be replaced."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def seal(self, text: str, *, place: str) -> str:
        """`key id.nonce and ciphertext`; it opens for the same `place` alone."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, text.encode(), place.encode())
        return f"{self._current}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """The text. Raises CannotOpen."""
        key_id, _, coded = sealed.partition(".")
        try:
            data = urlsafe_b64decode(coded)
            opened = self._ciphers[key_id].decrypt(
                data[:NONCE_BYTES], data[NONCE_BYTES:], place.encode()
            )
            return opened.decode()
        except (InvalidTag, KeyError, ValueError) as error:
            raise CannotOpen from error

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed with the key that seals now."""
        return sealed.startswith(f"{self._current}.")


def _key_id(key: bytes) -> str:
    """A name for a key that does not reveal it."""
    return hashlib.sha256(b"earprint key id" + key).hexdigest()[:8]
