"""Rows for tests: one function per noun, each with a sensible default for everything; each flushes, none commits.

The cast: Ada is active, Ben pending, Cleo has unsubscribed, Dora bounces; Edith edits, Otto operates.
"""

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.signing import Key, Signer
from service.issues.models import Edition, Issue, IssueState, Revision
from service.newsletters.models import Newsletter, OpenMeasurement
from service.rendering import compile as compiling
from service.rendering.models import CompiledIssue
from service.schedule.models import Slot, SlotState
from service.subscribers import address
from service.subscribers.models import Standing, Subscriber, Subscription, Suppression, SuppressionReason
from service.tracking import links

Row = TypeVar("Row")

SIGNER = Signer((Key(1, bytes(range(32))),))
"""The key of the tests: addresses are hashed with it, tokens may be made with it."""

DOMAINS = ("naver.com", "gmail.com", "daum.net", "example.com")


def newsletter(session: Session, slug: str = "letter", **values: Any) -> Newsletter:
    """A newsletter that lacks nothing before booking."""
    given = {
        "name": "The Letter",
        "language": "ko",
        "sender_name": "The Letter",
        "sender_email": f"{slug}@news.example.com",
        "reply_to": f"desk@{slug}.example.com",
        "legal_name": "Letter Company",
        "legal_email": "desk@example.com",
        "legal_telephone": "+82-2-000-0000",
        "legal_address": "1 Sample Street, Seoul",
        "privacy_url": "https://news.example.com/privacy",
        "open_measurement": OpenMeasurement.NOTICE,
        "created_at": clock.now(),
    }
    return _added(session, Newsletter(slug=slug, **(given | values)))


def subscriber(session: Session, email: str = "ada@naver.com", **values: Any) -> Subscriber:
    """A person's address, as sign-up would store it."""
    given = {
        "name": email.partition("@")[0].capitalize(),
        "address_hash": address.fingerprint(SIGNER, email),
        "provider": address.provider_of(address.domain_of(email)).value,
        "created_at": clock.now(),
    }
    return _added(session, Subscriber(email=email, **(given | values)))


def subscription(
    session: Session, letter: Newsletter, reader: Subscriber, state: Standing = Standing.ACTIVE, **values: Any
) -> Subscription:
    """Ties a subscriber to a newsletter."""
    given = {"created_at": clock.now(), "changed_at": clock.now(), "source": "test"}
    return _added(session, Subscription(newsletter_id=letter.id, subscriber_id=reader.id, state=state, **(given | values)))


def reader(
    session: Session, letter: Newsletter, email: str = "ada@naver.com", state: Standing = Standing.ACTIVE, **values: Any
) -> Subscriber:
    """A subscriber with a subscription to `letter`; `values` are the subscription's."""
    person = subscriber(session, email)
    subscription(session, letter, person, state, **values)
    return person


def cast(session: Session, letter: Newsletter) -> dict[str, Subscriber]:
    """Ada, Ben, Cleo and Dora (whose address is suppressed), by name."""
    people = {
        "ada": reader(session, letter, "ada@naver.com"),
        "ben": reader(session, letter, "ben@gmail.com", Standing.PENDING),
        "cleo": reader(session, letter, "cleo@daum.net", Standing.UNSUBSCRIBED),
        "dora": reader(session, letter, "dora@example.com"),
    }
    suppression(session, people["dora"])
    return people


def readers(session: Session, letter: Newsletter, count: int, *, domains: tuple[str, ...] = DOMAINS) -> list[int]:
    """`count` active readers in two statements, spread over `domains`; returns their ids."""
    now, first = clock.now(), (session.scalar(select(func.max(Subscriber.id))) or 0) + 1
    emails = [f"reader{number:06d}@{domains[number % len(domains)]}" for number in range(first, first + count)]
    people = [
        {
            "email": email,
            "address_hash": hashlib.sha256(email.encode()).hexdigest(),
            "name": email.partition("@")[0],
            "language": "ko",
            "provider": address.provider_of(address.domain_of(email)).value,
            "created_at": now,
        }
        for email in emails
    ]
    session.execute(insert(Subscriber), people)
    ids = list(session.scalars(select(Subscriber.id).where(Subscriber.email.in_(emails)).order_by(Subscriber.id)))
    tied = {"newsletter_id": letter.id, "state": Standing.ACTIVE, "source": "test", "created_at": now, "changed_at": now}
    session.execute(insert(Subscription), [{"subscriber_id": id_, **tied} for id_ in ids])
    return ids


def suppression(session: Session, person: Subscriber, reason: SuppressionReason = SuppressionReason.HARD_BOUNCE) -> Suppression:
    """An address that must not be mailed."""
    return _added(session, Suppression(address_hash=person.address_hash, reason=reason, at=clock.now()))


def issue(session: Session, letter: Newsletter, state: IssueState = IssueState.SCHEDULED, **values: Any) -> Issue:
    """One number of the newsletter."""
    return _added(session, Issue(newsletter_id=letter.id, state=state, created_at=clock.now(), changed_at=clock.now(), **values))


def edition(session: Session, number: Issue, language: str = "ko", title: str = "A test issue") -> Edition:
    """The issue in one language."""
    return _added(session, Edition(issue_id=number.id, language=language, title=title))


def revision(session: Session, number: Issue, document: dict[str, Any] | None = None) -> Revision:
    """The next saved state of the issue's edition, which is made where there is none."""
    version = session.scalar(select(Edition).where(Edition.issue_id == number.id)) or edition(session, number)
    last = session.scalar(select(func.max(Revision.number)).where(Revision.edition_id == version.id)) or 0
    content = document or {"schema": 1, "title": version.title, "blocks": []}
    saved = _added(session, Revision(edition_id=version.id, number=last + 1, document=content, created_at=clock.now()))
    version.revision_id = saved.id
    session.flush()
    return saved


def compiled_issue(session: Session, number: Issue, saved: Revision | None = None, **values: Any) -> CompiledIssue:
    """A ready version of the issue: a plain letter without fields unless `html` and `text` are given."""
    saved = saved or revision(session, number)
    version = (session.scalar(select(func.max(CompiledIssue.version)).where(CompiledIssue.issue_id == number.id)) or 0) + 1
    given = {
        "language": "ko",
        "subject": "A test issue",
        "html": "<html><body><p>Hello</p></body></html>",
        "text": "Hello\n",
        "is_ready": True,
        "compiled_at": clock.now(),
    } | values
    made = CompiledIssue(issue_id=number.id, revision_id=saved.id, version=version, **given)
    made.sha256 = made.sha256 or compiling.fingerprint(made, links.destinations(session, number.id))
    return _added(session, made)


def slot(session: Session, letter: Newsletter, compiled: CompiledIssue | None = None, **values: Any) -> Slot:
    """A slot that is due now, booked with `compiled` where one is given."""
    fires_at: datetime = values.pop("fires_at", None) or clock.now()
    given = {
        "local_date": fires_at.astimezone(UTC).date(),
        "local_time": time(fires_at.hour, fires_at.minute, fires_at.second),
        "zone": "UTC",
        "state": SlotState.BOOKED if compiled else SlotState.EMPTY,
        "issue_id": compiled.issue_id if compiled else None,
        "revision_id": compiled.revision_id if compiled else None,
        "compiled_id": compiled.id if compiled else None,
        "compiled_revision_id": compiled.revision_id if compiled else None,
        "booked_at": clock.now() - timedelta(days=1) if compiled else None,
        "changed_at": clock.now(),
    }
    return _added(session, Slot(newsletter_id=letter.id, fires_at=fires_at, **(given | values)))


def ready_issue(session: Session, letter: Newsletter, state: IssueState = IssueState.SCHEDULED, **values: Any) -> CompiledIssue:
    """An issue with its ready compiled version; what `launch.start` needs."""
    return compiled_issue(session, issue(session, letter, state, **values))


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
