"""A signed clock in the sign-up form: nobody fills it in within a second, and a form of yesterday is not a fresh one."""

import base64

from service.core import clock
from service.core.signing import Signer

SOONEST_SECONDS = 2
LATEST_SECONDS = 12 * 3600


def stamp(signer: Signer) -> str:
    """The moment the form was shown, signed."""
    moment = int(clock.now().timestamp()).to_bytes(6, "big")
    return base64.urlsafe_b64encode(bytes([signer.key_id]) + moment + signer.mac("formtime", moment, size=9)).decode()


def is_believable(signer: Signer, stamped: str) -> bool:
    """Whether a person could have taken this long."""
    try:
        raw = base64.urlsafe_b64decode(stamped.encode())
    except (ValueError, UnicodeEncodeError):
        return False
    if len(raw) != 16 or not signer.is_valid("formtime", raw[1:7], raw[7:], key_id=raw[0]):
        return False
    age = clock.now().timestamp() - int.from_bytes(raw[1:7], "big")
    return SOONEST_SECONDS <= age <= LATEST_SECONDS
