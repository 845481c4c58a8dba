"""What may be written into a newsletter's settings: one frozen value and its faults, field by field. Pure but for the column types."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from service.core import zones
from service.core.i18n import LANGUAGES
from service.core.problems import Problem, Severity
from service.newsletters.models import OpenMeasurement, UncertainPolicy

# From addresses at these providers are refused by the providers themselves when they come from another server (A11)
FREEMAIL = frozenset(
    """
    gmail.com googlemail.com naver.com daum.net hanmail.net kakao.com nate.com hotmail.com live.com msn.com outlook.com yahoo.com
    icloud.com me.com aol.com gmx.de gmx.net proton.me protonmail.com
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
FREEMAIL_FAMILIES = re.compile(r"(yahoo|outlook|hotmail|live)\.(com|(com?\.)?[a-z]{2})")  # yahoo.co.jp, outlook.kr, ...
LONGEST = {
    "name": 120,
    "sender_name": 120,
    "sender_email": 254,
    "reply_to": 254,
    "bounce_domain": 253,
    "legal_name": 120,
    "legal_email": 254,
    "legal_telephone": 40,
    "legal_address": 300,
    "privacy_url": 500,
    "tagline": 300,
}
EMAILS = ("sender_email", "reply_to", "legal_email")
ZONES = ("readers_zone", "editors_zone")
MINUTES = ("hold_minutes", "resend_minutes")
LEAST_MINUTES, MOST_MINUTES = 5, 24 * 60  # less leaves no time for evidence, more than a day is past every age limit (E7)
_COLOR = re.compile(r"#[0-9a-f]{6}")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ().\-]{5,}")
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


@dataclass(frozen=True)
class Identity:
    """Everything an operator writes on the settings page; texts are trimmed by `cleaned`."""

    name: str
    language: str = "ko"
    description: str = ""
    is_public: bool = True
    sender_name: str = ""
    sender_email: str = ""
    reply_to: str = ""
    bounce_domain: str = ""
    legal_name: str = ""
    legal_email: str = ""
    legal_telephone: str = ""
    legal_address: str = ""
    privacy_url: str = ""
    brand_color: str = "#1f4fd8"
    tagline: str = ""
    readers_zone: str = "Asia/Seoul"
    editors_zone: str = "America/Los_Angeles"
    open_measurement: OpenMeasurement = OpenMeasurement.CONSENT
    uncertain_policy: UncertainPolicy = UncertainPolicy.HOLD
    hold_minutes: int = 180
    resend_minutes: int = 30
    on_duty_id: int | None = None


def faults(identity: Identity) -> dict[str, Problem]:
    """What cannot be kept as it is, by field; an empty field is no fault here (checks.py says what must be filled before sending)."""
    found = {name: _line_fault(getattr(identity, name), limit) for name, limit in LONGEST.items()}
    found |= {name: found[name] or _email_fault(getattr(identity, name)) for name in EMAILS}
    found["name"] = found["name"] or _fault(not identity.name, "A newsletter needs a name.")
    found["sender_email"] = found["sender_email"] or _freemail_fault(identity.sender_email)
    found["bounce_domain"] = found["bounce_domain"] or _fault(
        bool(identity.bounce_domain) and not _DOMAIN.fullmatch(identity.bounce_domain), "Write a domain like bounces.example.com."
    )
    found["legal_telephone"] = found["legal_telephone"] or _fault(
        bool(identity.legal_telephone) and not _TELEPHONE.fullmatch(identity.legal_telephone), "Write it like +82 2 123 4567."
    )
    found["privacy_url"] = found["privacy_url"] or _fault(
        bool(identity.privacy_url) and not _is_web_address(identity.privacy_url), "Write an address that begins with https://"
    )
    found["brand_color"] = _fault(not _COLOR.fullmatch(identity.brand_color), "Write a colour with six digits, like #1f4fd8.")
    found["language"] = _fault(identity.language not in LANGUAGES, "Choose Korean or English.")
    found |= {name: _fault(getattr(identity, name) not in zones.names(), "Write it like Asia/Seoul.") for name in ZONES}
    found |= {name: _minutes_fault(getattr(identity, name)) for name in MINUTES}
    return {name: fault for name, fault in found.items() if fault is not None}


def is_freemail(email: str) -> bool:
    """Whether the address is at a provider that lets nobody else send in its name."""
    domain = email.rpartition("@")[2].casefold().rstrip(".")
    return domain in FREEMAIL or FREEMAIL_FAMILIES.fullmatch(domain) is not None


def _fault(is_wrong: bool, message: str) -> Problem | None:
    return Problem(Severity.ERROR, message) if is_wrong else None


def _minutes_fault(minutes: int) -> Problem | None:
    if LEAST_MINUTES <= minutes <= MOST_MINUTES:
        return None
    return Problem(
        Severity.ERROR, "Write a number of minutes from {least} to {most}.", values={"least": LEAST_MINUTES, "most": MOST_MINUTES}
    )


def _line_fault(text: str, limit: int) -> Problem | None:
    if len(text) > limit:
        return Problem(Severity.ERROR, "At most {number} characters.", values={"number": limit})
    # a line break here would open a new header in every mail (A23)
    return _fault(not text.isprintable(), "Write it on one line, without control characters.")


def _email_fault(email: str) -> Problem | None:
    if not email:
        return None
    try:
        found = validate_email(email, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return _fault(True, "This is not an e-mail address.")
    # full-width letters would pass as another domain here (A11), and a header takes none (A24)
    message = "Write the domain in Latin letters: {domain}"
    return None if email.isascii() else Problem(Severity.ERROR, message, values={"domain": found.ascii_domain})


def _freemail_fault(email: str) -> Problem | None:
    message = "Mail providers refuse letters that say they come from {domain}. Use an address of your own domain."
    domain = email.rpartition("@")[2]
    return Problem(Severity.ERROR, message, values={"domain": domain}) if email and is_freemail(email) else None


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in address
