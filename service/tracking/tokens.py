"""What stands in a letter so that we know which reader of which issue a hit or a bounce is about. Pure.

The measuring token can only measure (opens, clicks); what acts for the reader is another one (subscribers/tokens.py).
"""

from functools import lru_cache

from service.core.seals import Seal
from service.core.signing import Signer

MEASURING_LENGTH = 32  # characters, URL-safe
NOBODY = 0  # subscriber id of previews and test mails: links work, nothing is counted
_MEASURING_MAC, _VERP_MAC = 14, 10  # bytes


@lru_cache(maxsize=8)
def _seal(signer: Signer, purpose: str, mac_bytes: int) -> Seal:
    return Seal(signer, purpose, mac_bytes)


def measuring(signer: Signer, issue_id: int, subscriber_id: int) -> str:
    """The token of 32 URL-safe characters in pixel and click links (C8)."""
    return _seal(signer, "measure", _MEASURING_MAC).text(issue_id, subscriber_id)


def read(signer: Signer, token: str) -> tuple[int, int] | None:
    """(issue id, subscriber id) of a measuring token; None for any other text."""
    if len(token) != MEASURING_LENGTH:
        return None
    return _seal(signer, "measure", _MEASURING_MAC).read(token)


def verp(signer: Signer, issue_id: int, subscriber_id: int) -> str:
    """What follows `b+` in the envelope sender: 32 lower-case letters and digits (A27)."""
    return _seal(signer, "verp", _VERP_MAC).lower_text(issue_id, subscriber_id)


def read_verp(signer: Signer, token: str) -> tuple[int, int] | None:
    """(issue id, subscriber id) of a VERP token in any case of letters; None for a forged one."""
    return _seal(signer, "verp", _VERP_MAC).read_lower(token)


def message_id(signer: Signer, issue_id: int, subscriber_id: int, domain: str) -> str:
    """The Message-ID of a delivery with its angle brackets, the same on every try (A26).

    It holds the token of the envelope sender: both say the same to the same people, who is meant when a mail comes back.
    """
    return message_id_of(verp(signer, issue_id, subscriber_id), issue_id, domain)


def message_id_of(verp_token: str, issue_id: int, domain: str) -> str:
    """The same, where the token of the envelope sender is already at hand."""
    return f"<d{verp_token}.{issue_id}@{domain}>"


def read_message_id(signer: Signer, value: str) -> tuple[int, int] | None:
    """(issue id, subscriber id) of a Message-ID of ours; None for any other."""
    token = value.strip().lstrip("<").partition(".")[0]
    return read_verp(signer, token[1:]) if token[:1] in ("d", "D") else None


class Tokens:
    """The tokens of one issue's letter, for one reader after the other, as ASCII octets."""

    def __init__(self, signer: Signer, issue_id: int) -> None:
        self.measuring = _seal(signer, "measure", _MEASURING_MAC).stem(issue_id).text
        self.verp = _seal(signer, "verp", _VERP_MAC).stem(issue_id).lower_text
