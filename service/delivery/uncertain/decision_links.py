"""The signed link in a notice: who may decide about which issue's uncertain mails, without signing in. It opens a page and does nothing."""

from functools import lru_cache

from service.core.seals import Seal
from service.core.signing import Signer

PATH = "/decide/"
_MAC_BYTES = 17  # it acts (F12); with the ids 36 characters without padding


def link(signer: Signer, base_url: str, issue_id: int, user_id: int) -> str:
    """The address of the page on which this person decides about this issue."""
    return f"{base_url}{PATH}{_seal(signer).text(issue_id, user_id)}"


def read(signer: Signer, token: str) -> tuple[int, int] | None:
    """(issue id, user id) of a link's token; None for any other text."""
    return _seal(signer).read(token)


@lru_cache(maxsize=4)
def _seal(signer: Signer) -> Seal:
    return Seal(signer, "decide", _MAC_BYTES)
