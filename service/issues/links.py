"""Which addresses a link of an issue may have: one rule for the desk's forms and for the checks. Pure."""

import re
from urllib.parse import urlsplit

_MAIL = re.compile(r"mailto:[^@\s]+@[^@\s]+\.[^@\s]+", re.IGNORECASE)
_HOST = re.compile(r"[^\s.<>\"'()\\]+(\.[^\s.<>\"'()\\]+)+\.?")


def is_address(url: str | None) -> bool:
    """Whether readers can follow it from a mail: http or https with a whole host name and a valid port, or one mail address."""
    address = (url or "").strip()
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        return False
    if address.lower().startswith("mailto:"):
        return _MAIL.fullmatch(address) is not None
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(_HOST.fullmatch(parts.hostname or "")) and parts.port != 0
    except ValueError:  # a port that is none, or half a bracket
        return False


def completed(url: str) -> str:
    """What an editor typed, with the https:// that is easily left out."""
    address = url.strip()
    return address if not address or "://" in address or address.lower().startswith("mailto:") else f"https://{address}"
