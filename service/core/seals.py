"""Two ids sealed with a keyed hash into one short token: reversible, stored nowhere, unforgeable.

Layout: key id (1 byte), first id (4), second id (5), MAC. About 1 us to make: a sender makes several for each message.
"""

from base64 import b32decode
from binascii import Error as NotBase64
from binascii import a2b_base64, b2a_base64
from hashlib import blake2s
from hmac import compare_digest

from service.core.signing import Signer

ID_BYTES = 10
LARGEST_FIRST = 2**32 - 1
LARGEST_SECOND = 2**40 - 1


_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_+/=", b"+/!!!")  # the way back; what only the standard uses is none of ours
_PADDING = (b"", b"===", b"==", b"=")
_DIGITS = b"abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [bytes((first, second)) for first in _DIGITS for second in _DIGITS]
"""Two base32 digits for each ten bits: the standard library's loop takes seven times as long."""


class Seal:
    """Tokens for one purpose; `mac_bytes` of 10 or more (80 bits), 16 or more where the token acts (F12)."""

    def __init__(self, signer: Signer, purpose: str, mac_bytes: int) -> None:
        self._signer = signer
        self._purpose = purpose
        self._size = mac_bytes
        self._started: dict[int, blake2s] = {}  # by key id: a copy costs half of a new keyed hash

    def stem(self, first: int) -> "Stem":
        """Everything that tokens of the same first id share; `first` below 2**32 (OverflowError beyond)."""
        head = bytes([self._signer.key_id]) + first.to_bytes(4, "big")
        return Stem(head, self._signer.started(self._purpose, size=self._size))

    def text(self, first: int, second: int) -> str:
        """URL-safe text; the sizes used here need no padding."""
        return self.stem(first).text(second).decode()

    def lower_text(self, first: int, second: int) -> str:
        """Lower-case base32, for places that lose the case of letters (VERP addresses, A27)."""
        return self.stem(first).lower_text(second).decode()

    def read(self, token: str) -> tuple[int, int] | None:
        """The two ids of `text`, or None for anything that was not sealed here for this purpose."""
        try:
            raw = a2b_base64(token.encode().translate(_STANDARD) + _PADDING[len(token) % 4], strict_mode=True)
        except ValueError:  # not ASCII, or not base64
            return None
        # spare bits at the end may be anything to a decoder: only the one spelling we make is ours
        if len(token) % 4 and b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=") != token.encode():
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
        started = self._started.get(raw[0]) or self._start(raw[0])
        if started is None:
            return None
        mac = started.copy()
        mac.update(raw[:ID_BYTES])
        if not compare_digest(mac.digest(), raw[ID_BYTES:]):
            return None
        return int.from_bytes(raw[1:5], "big"), int.from_bytes(raw[5:ID_BYTES], "big")

    def _start(self, key_id: int) -> blake2s | None:
        if not self._signer.knows(key_id):
            return None
        self._started[key_id] = self._signer.started(self._purpose, size=self._size, key_id=key_id)
        return self._started[key_id]


class Stem:
    """Tokens of one purpose and one first id, as ASCII octets: what a sender makes for each reader of an issue."""

    def __init__(self, head: bytes, mac: blake2s) -> None:
        mac.update(head)
        self._head = head
        self._mac = mac

    def text(self, second: int) -> bytes:
        """URL-safe; `second` below 2**40 (OverflowError beyond)."""
        return b2a_base64(self._sealed(second), newline=False).translate(_URL_SAFE).rstrip(b"=")

    def lower_text(self, second: int) -> bytes:
        """Lower-case base32."""
        return _base32(self._sealed(second))

    def _sealed(self, second: int) -> bytes:
        tail = second.to_bytes(5, "big")
        mac = self._mac.copy()
        mac.update(tail)
        return self._head + tail + mac.digest()


def _base32(raw: bytes) -> bytes:
    """RFC 4648 section 6 in lower case without padding; every five octets are eight digits."""
    out: list[bytes] = []
    for start in range(0, len(raw), 5):
        group = raw[start : start + 5]
        bits = int.from_bytes(group.ljust(5, b"\0"), "big")
        out += (_PAIRS[bits >> 30], _PAIRS[bits >> 20 & 1023], _PAIRS[bits >> 10 & 1023], _PAIRS[bits & 1023])
    return b"".join(out)[: -(-len(raw) * 8 // 5)]
