"""Two ids sealed with a keyed hash into one short token: reversible, stored nowhere, unforgeable.

Layout: key id (1 byte), first id (4), second id (5), MAC. Under 1 us to make: a sender makes several for each message.
"""

from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from service.core.signing import Signer

ID_BYTES = 10
LARGEST_FIRST = 2**32 - 1
LARGEST_SECOND = 2**40 - 1


class Seal:
    """Tokens for one purpose; `mac_bytes` of 10 or more (80 bits), 16 or more where the token acts (F12)."""

    def __init__(self, signer: Signer, purpose: str, mac_bytes: int) -> None:
        self._signer = signer
        self._purpose = purpose
        self._size = mac_bytes
        self._prefix = bytes([signer.key_id])
        self._started = signer.started(purpose, size=mac_bytes)

    def sealed(self, first: int, second: int) -> bytes:
        """The sealed ids as raw bytes; `first` below 2**32, `second` below 2**40 (OverflowError beyond)."""
        payload = self._prefix + first.to_bytes(4, "big") + second.to_bytes(5, "big")
        mac = self._started.copy()
        mac.update(payload)
        return payload + mac.digest()

    def text(self, first: int, second: int) -> str:
        """URL-safe text; the sizes used here need no padding."""
        return urlsafe_b64encode(self.sealed(first, second)).rstrip(b"=").decode()

    def lower_text(self, first: int, second: int) -> str:
        """Lower-case base32, for places that lose the case of letters (VERP addresses, A27)."""
        return b32encode(self.sealed(first, second)).rstrip(b"=").decode().lower()

    def read(self, token: str) -> tuple[int, int] | None:
        """The two ids of `text`, or None for anything that was not sealed here for this purpose."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (ValueError, NotBase64):
            return None
        # base64 decoding skips strange characters and ignores spare bits: only the one spelling we make is ours
        if urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
            return None
        return self._open(raw)

    def read_lower(self, token: str) -> tuple[int, int] | None:
        """The two ids of `lower_text`, in any case of letters."""
        try:
            raw = b32decode(token.upper() + "=" * (-len(token) % 8))
        except (ValueError, NotBase64):
            return None
        return self._open(raw)

    def _open(self, raw: bytes) -> tuple[int, int] | None:
        if len(raw) != ID_BYTES + self._size:
            return None
        payload, mac = raw[:ID_BYTES], raw[ID_BYTES:]
        if not self._signer.is_valid(self._purpose, payload, mac, key_id=payload[0]):
            return None
        return int.from_bytes(payload[1:5], "big"), int.from_bytes(payload[5:], "big")
