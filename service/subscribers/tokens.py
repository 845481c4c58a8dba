"""The acting token: what a link inside a letter lets its holder do, which is leave, pause and choose. Pure.

Letters are forwarded, so it never shows, exports or changes a reader's data. It does not expire (B16, F12).
"""

from collections.abc import Callable
from functools import lru_cache

from service.core.seals import Seal
from service.core.signing import Signer

ACTING_LENGTH = 36  # characters, URL-safe
LEAVING_LENGTH = 44  # characters, lower case
_MAC = 17  # bytes: 136 bits

UNSUBSCRIBE_PATH = "/u/"  # + acting token; GET asks, POST leaves; also the one-click address (RFC 8058)
PREFERENCES_PATH = "/p/"  # + acting token
CONFIRM_PATH = "/confirm/"  # + confirmation token
SIGN_UP_PATH = "/n/"  # + newsletter slug


@lru_cache(maxsize=8)
def _seal(signer: Signer, purpose: str) -> Seal:
    return Seal(signer, purpose, _MAC)


def acting(signer: Signer, issue_id: int, subscriber_id: int) -> str:
    """The token of 36 URL-safe characters in the links of an issue that act for its reader (A5)."""
    return _seal(signer, "act").text(issue_id, subscriber_id)


def acting_of(signer: Signer, issue_id: int) -> Callable[[int], bytes]:
    """The same for one reader of an issue after the other, as ASCII octets."""
    return _seal(signer, "act").stem(issue_id).text


def read(signer: Signer, token: str) -> tuple[int, int] | None:
    """(issue id, subscriber id) of an acting token; None for any other text."""
    return _seal(signer, "act").read(token) if len(token) == ACTING_LENGTH else None


def acting_for_newsletter(signer: Signer, newsletter_id: int, subscriber_id: int) -> str:
    """The same outside any issue: in a welcome mail or a consent notice."""
    return _seal(signer, "actnews").text(newsletter_id, subscriber_id)


def leaving(signer: Signer, issue_id: int, subscriber_id: int) -> str:
    """What follows `u+` in the mailto of List-Unsubscribe: 44 lower-case letters and digits, for places that lose the case of letters."""
    return _seal(signer, "leave").lower_text(issue_id, subscriber_id)


def read_leaving(signer: Signer, token: str) -> tuple[int, int] | None:
    """(issue id, subscriber id) of such a token in any case of letters; None for any other text."""
    return _seal(signer, "leave").read_lower(token)


def read_for_newsletter(signer: Signer, token: str) -> tuple[int, int] | None:
    """(newsletter id, subscriber id) of such a token; None for any other text."""
    return _seal(signer, "actnews").read(token) if len(token) == ACTING_LENGTH else None
