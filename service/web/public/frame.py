"""What every page for readers shares: whose page it is, in which language, and who is behind an acting token."""

from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import i18n
from service.core.errors import NotFound
from service.issues.models import Issue
from service.newsletters.models import Newsletter, OpenMeasurement
from service.subscribers import tokens
from service.subscribers.models import Purpose, Standing, Subscriber, Subscription
from service.web.forms import printable
from service.web.templating import use_language
from service.web.transaction import runtime


@dataclass(frozen=True)
class Publication:
    """What a reader's page shows of a newsletter; no row, so that it outlives the transaction."""

    id: int
    slug: str
    name: str
    description: str
    language: str
    tagline: str
    sender: str
    email: str
    telephone: str
    address: str
    privacy_url: str
    asks_for_opens: bool

    @classmethod
    def of(cls, row: Newsletter) -> "Publication":
        return cls(
            id=row.id,
            slug=row.slug,
            name=row.name,
            description=row.description,
            language=row.language,
            tagline=row.tagline,
            sender=row.legal_name,
            email=row.legal_email,
            telephone=row.legal_telephone,
            address=row.legal_address,
            privacy_url=row.privacy_url,
            asks_for_opens=row.open_measurement is OpenMeasurement.CONSENT,
        )

    @property
    def choices(self) -> tuple[Purpose, ...]:
        """The consents that are asked for beyond the newsletter itself, each with a box of its own."""
        return (Purpose.ADVERTISING, Purpose.OPEN_TRACKING) if self.asks_for_opens else (Purpose.ADVERTISING,)


@dataclass(frozen=True)
class Reader:
    """Who stands behind an acting token, as far as its holder may know."""

    publication: Publication
    subscriber_id: int
    email: str
    language: str
    state: Standing
    consents: frozenset[Purpose]

    @property
    def newsletter_id(self) -> int:
        return self.publication.id


def publication(session: Session, slug: str) -> Publication:
    """A newsletter that may be signed up for. Raises NotFound, also for one that is not public."""
    row = session.scalar(select(Newsletter).where(Newsletter.slug == slug, Newsletter.is_public))
    if row is None:
        raise NotFound("There is no such newsletter.")
    return Publication.of(row)


def reader(session: Session, token: str) -> Reader | None:
    """Who an acting token is about, of an issue or of a notice; None for any text that is no token of ours."""
    newsletter_id, subscriber_id = _ids(session, token)
    newsletter = session.get(Newsletter, newsletter_id) if newsletter_id else None
    subscription = session.get(Subscription, (newsletter_id, subscriber_id)) if newsletter else None
    if newsletter is None or subscription is None:
        return None
    subscriber = session.get_one(Subscriber, subscriber_id)
    consents = [Purpose.ADVERTISING] if subscription.wants_advertising else []
    consents += [Purpose.OPEN_TRACKING] if subscription.may_track_opens else []
    return Reader(
        Publication.of(newsletter), subscriber_id, subscriber.email or "", subscriber.language, subscription.state, frozenset(consents)
    )


def speak(default: str) -> str:
    """Choose the page's language: what the address or form says, else `default`; returns it."""
    asked = request.values.get("lang", "")
    use_language(asked if asked in i18n.LANGUAGES else default)
    return str(g.language)


def speak_of(publication: Publication) -> str:
    """The same for a page that anybody may open: the browser's language comes before the newsletter's."""
    return speak(request.accept_languages.best_match(i18n.LANGUAGES) or publication.language)


def page(name: str, publication: Publication | None, **values: Any) -> str:
    """A page for readers, under the newsletter's name."""
    return render_template(f"public/{name}.html", publication=publication, **values)


def network_of_request() -> tuple[str, str]:
    """(network address, user agent) of this request, as consents record them."""
    return request.remote_addr or "", printable(request.headers.get("User-Agent", ""))[:300]


def _ids(session: Session, token: str) -> tuple[int, int]:
    signer = runtime().signer
    of_issue = tokens.read(signer, token)
    if of_issue is not None:
        newsletter_id = session.scalar(select(Issue.newsletter_id).where(Issue.id == of_issue[0]))
        return newsletter_id or 0, of_issue[1]
    return tokens.read_for_newsletter(signer, token) or (0, 0)
