"""E-mail addresses as readers write them, brought to the one form we store, and the mailbox provider behind a domain. Pure (A23, A24)."""

import unicodedata
from enum import StrEnum

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

from service.core.errors import Invalid
from service.core.signing import Signer

LONGEST = 254  # octets of a whole address (RFC 5321 §4.5.3.1.3, less the angle brackets)
LONGEST_NAME = 120
_AROUND = " \t\u00a0\u3000\u200b\ufeff"  # what copying from a web page or a table leaves; a line break is never taken away in silence


class Provider(StrEnum):
    """Groups of mailbox providers that judge and pace mail alike."""

    GOOGLE = "google"
    MICROSOFT = "microsoft"
    YAHOO = "yahoo"
    NAVER = "naver"
    KAKAO = "kakao"
    APPLE = "apple"
    OTHER = "other"


class InvalidAddress(Invalid):
    """The address cannot be mailed; the message says why, without repeating it."""


class InvalidName(Invalid):
    """The name cannot stand in a mail."""


_DOMAINS = {
    Provider.GOOGLE: ("gmail.com", "googlemail.com"),
    Provider.MICROSOFT: ("msn.com", "passport.com", "windowslive.com"),
    Provider.YAHOO: ("ymail.com", "rocketmail.com", "myyahoo.com", "aim.com"),
    Provider.NAVER: ("naver.com",),
    Provider.KAKAO: ("kakao.com", "daum.net", "hanmail.net"),
    Provider.APPLE: ("icloud.com", "me.com", "mac.com"),
}
_BY_DOMAIN = {domain: provider for provider, domains in _DOMAINS.items() for domain in domains}
# names that a provider uses under many national endings: outlook.kr, hotmail.co.uk, yahoo.co.jp
_BY_LABEL = {
    "outlook": Provider.MICROSOFT,
    "hotmail": Provider.MICROSOFT,
    "live": Provider.MICROSOFT,
    "yahoo": Provider.YAHOO,
    "aol": Provider.YAHOO,
}
_NATIONAL_PREFIXES = ("co", "com")


def normalise(written: str) -> str:
    """The stored form: nothing around, compatibility forms folded (NFKC), the domain as lower-case A-labels, the local part's case kept.

    Raises InvalidAddress. Local parts beyond ASCII are refused: they need SMTPUTF8 along the whole way (RFC 6531).
    """
    stripped = written.strip(_AROUND)
    if any(is_control(character) for character in stripped):
        raise InvalidAddress("The address contains a line break or another control character.")
    text = unicodedata.normalize("NFKC", stripped)
    local, at, _domain = text.rpartition("@")
    if not at or not local:
        raise InvalidAddress("This is not an e-mail address: it needs one @ with something on both sides.")
    if not local.isascii():
        raise InvalidAddress(
            "Letters outside A to Z before the @ are not supported by all mail servers.", remedy="Please use another address."
        )
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, EmailSyntaxError, UnicodeError):
        raise InvalidAddress("This is not a complete e-mail address.") from None
    address = f"{found.local_part}@{found.ascii_domain.lower()}"
    if len(address) > LONGEST:
        raise InvalidAddress("The address is too long.")
    return address


def clean_name(written: str) -> str:
    """A name on one line with single spaces; empty is fine. Raises InvalidName for control characters and over LONGEST_NAME characters."""
    if any(is_control(character) for character in written.strip(_AROUND)):
        raise InvalidName("The name contains a line break or another control character.")
    name = " ".join(unicodedata.normalize("NFC", written).split())
    if len(name) > LONGEST_NAME:
        raise InvalidName("The name is longer than {most} characters.", most=LONGEST_NAME)
    return name


def is_control(character: str) -> bool:
    """Whether a character may never stand in a header or address (A23): C0, DEL, C1 and the line and paragraph separators."""
    return character in "\u2028\u2029" or unicodedata.category(character) == "Cc"


def fingerprint(signer: Signer, address: str) -> str:
    """The keyed hash of a normalised address: one for one mailbox, so the case of the local part does not count."""
    return signer.fingerprint("address", address.lower())


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def provider_of(domain: str) -> Provider:
    """The mailbox provider group of a domain in its stored form."""
    if domain in _BY_DOMAIN:
        return _BY_DOMAIN[domain]
    label, _, ending = domain.partition(".")
    parts = ending.split(".")
    if label in _BY_LABEL and (
        parts == ["com"] or (len(parts[-1]) == 2 and (len(parts) == 1 or parts[:-1] in ([p] for p in _NATIONAL_PREFIXES)))
    ):
        return _BY_LABEL[label]
    return Provider.OTHER
