"""What the newsletter adds to every issue: name, brand, legal lines and its own addresses. Made from rows, read by templates."""

from dataclasses import dataclass

from service.core.problems import Problem, Severity
from service.newsletters import checks
from service.newsletters.models import Newsletter
from service.rendering.images import ImageFile
from service.subscribers.tokens import SIGN_UP_PATH

LEGAL = {"sender": "legal_name", "email": "legal_email", "telephone": "legal_telephone", "address": "legal_address"}
"""The legal lines and the newsletter's settings they come from."""


@dataclass(frozen=True)
class Letterhead:
    """`sender`, `email`, `telephone`, `address` are the legal lines of the footer (B3, B16)."""

    name: str
    language: str
    sender: str
    email: str
    telephone: str
    address: str
    brand_color: str
    base_url: str
    edge_url: str
    sign_up_url: str
    tagline: str = ""
    privacy_url: str = ""
    logo: ImageFile | None = None

    def problems(self) -> list[Problem]:
        """One blocking problem for each legal line that is missing, in the words of the newsletter's own checks."""
        messages = dict(checks.NEEDED)
        missing = [setting for line, setting in LEGAL.items() if not getattr(self, line).strip()]
        return [Problem(Severity.ERROR, messages[setting], values={"setting": setting}) for setting in missing]


def of(newsletter: Newsletter, *, base_url: str, edge_url: str, logo: ImageFile | None = None, language: str | None = None) -> Letterhead:
    """The letterhead of a newsletter, for an edition in `language` (its own when not given)."""
    return Letterhead(
        name=newsletter.name,
        language=language or newsletter.language,
        sender=newsletter.legal_name,
        email=newsletter.legal_email,
        telephone=newsletter.legal_telephone,
        address=newsletter.legal_address,
        brand_color=newsletter.brand_color,
        base_url=base_url,
        edge_url=edge_url,
        sign_up_url=f"{base_url}{SIGN_UP_PATH}{newsletter.slug}",
        tagline=newsletter.tagline,
        privacy_url=newsletter.privacy_url,
        logo=logo,
    )


def sample(language: str) -> Letterhead:
    """A letterhead for trying a text out without any newsletter."""
    korean = language == "ko"
    return Letterhead(
        name="견본 뉴스레터" if korean else "Sample letter",
        language=language,
        sender="견본 뉴스" if korean else "Sample News",
        email="hello@news.example.com",
        telephone="+82 2 000 0000",
        address="서울특별시 중구 견본로 1" if korean else "1 Sample Street, Seoul, Korea",
        brand_color="#1f4fd8",
        base_url="https://news.example.com",
        edge_url="https://go.example.com",
        sign_up_url=f"https://news.example.com{SIGN_UP_PATH}sample",
        privacy_url="https://news.example.com/privacy",
    )
