"""Keyed hashes with a purpose and a key id. Keys are retired from signing, never from verifying."""

import hashlib
import hmac
from dataclasses import dataclass

MAX_KEY_ID = 255


@dataclass(frozen=True)
class Key:
    """A secret of at least 32 bytes under a number from 0 to 255."""

    id: int
    secret: bytes


class Signer:
    """Signs with the first key, verifies with any."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        if not keys:
            raise ValueError("a signer needs at least one key")
        self._current = keys[0]
        self._secrets = {key.id: key.secret for key in keys}

    @property
    def key_id(self) -> int:
        """The id of the key that signs today."""
        return self._current.id

    def mac(self, purpose: str, payload: bytes, *, size: int = 16, key_id: int | None = None) -> bytes:
        """A keyed blake2s of `size` bytes, at most 32; `purpose`, at most 8 bytes, parts one use from another.

        Raises KeyError for a key id that was never ours.
        """
        secret = self._secrets[self._current.id if key_id is None else key_id]
        return hashlib.blake2s(payload, digest_size=size, key=secret[:32], person=purpose.encode()).digest()

    def started(self, purpose: str, *, size: int, key_id: int | None = None) -> hashlib.blake2s:
        """A hash of a key (today's) and this purpose, to be copied and fed a payload: half the cost of `mac` for many payloads."""
        secret = self._secrets[self._current.id if key_id is None else key_id]
        return hashlib.blake2s(digest_size=size, key=secret[:32], person=purpose.encode())

    def knows(self, key_id: int) -> bool:
        """Whether this key was ever ours."""
        return key_id in self._secrets

    def is_valid(self, purpose: str, payload: bytes, mac: bytes, *, key_id: int) -> bool:
        """Whether `mac` was made by the key `key_id` for this purpose and payload, compared in constant time."""
        if key_id not in self._secrets:
            return False
        return hmac.compare_digest(self.mac(purpose, payload, size=len(mac), key_id=key_id), mac)

    def fingerprint(self, purpose: str, value: str) -> str:
        """A keyed hash that stays the same for good (suppression after erasure, B11): made with the oldest key."""
        return self.mac(purpose, value.encode(), size=32, key_id=min(self._secrets)).hex()
