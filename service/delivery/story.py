"""One reader and one issue: what happened, in plain words and in order. Never the address itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.errors import NotFound
from service.core.i18n import translate
from service.delivery.models import Attempt, Delivery, Launch, Retry
from service.delivery.states import DeliveryState, SkipReason
from service.subscribers import address
from service.subscribers.models import Subscriber


@dataclass(frozen=True)
class Line:
    """One event; `message` is an English template, the msgid."""

    at: datetime | None
    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def in_words(self, language: str) -> str:
        return translate(language, self.message, **self.values)


@dataclass(frozen=True)
class Story:
    """`state` is None where the reader was not in the audience."""

    issue_id: int
    subscriber_id: int | None
    state: DeliveryState | None
    reason: str | None
    lines: tuple[Line, ...]


SKIPPED = {
    SkipReason.UNSUBSCRIBED: "Not sent: the reader had left before the hand-over.",
    SkipReason.PAUSED: "Not sent: the reader had paused before the hand-over.",
    SkipReason.SUPPRESSED: "Not sent: the address came onto the do-not-mail list before the hand-over.",
    SkipReason.NO_ADVERTISING: "Not sent: the reader took the consent to advertising back before the hand-over.",
    SkipReason.ERASED: "Not sent: the reader was erased before the hand-over.",
    SkipReason.CANCELLED: "Not sent: the issue was cancelled.",
    SkipReason.TOO_OLD: "Not sent: it waited for us until the issue was too old.",
}


def explain(session: Session, issue_id: int, email: str) -> Story:
    """The story of the reader with this address. Raises NotFound where the issue was never started, InvalidAddress for no address."""
    launch = session.get(Launch, issue_id)
    if launch is None:
        raise NotFound("The issue {id} was not started.", id=issue_id)
    subscriber_id = session.scalar(select(Subscriber.id).where(Subscriber.email == address.normalise(email)))
    if subscriber_id is None:
        return Story(issue_id, None, None, None, (Line(None, "Nobody with this address is known here."),))
    delivery = session.get(Delivery, (issue_id, subscriber_id))
    if delivery is None:
        outside = Line(launch.started_at, "The reader was not in the audience when the issue was started.")
        return Story(issue_id, subscriber_id, None, None, (outside,))
    tries = session.scalars(
        select(Attempt).where(Attempt.issue_id == issue_id, Attempt.subscriber_id == subscriber_id).order_by(Attempt.id)
    )
    lines = [
        Line(launch.started_at, "In the audience when the issue was started, in batch {batch}.", {"batch": delivery.batch_no}),
        *(_attempt(row) for row in tries),
        _now(session, delivery),
    ]
    return Story(issue_id, subscriber_id, delivery.state, delivery.reason, tuple(lines))


def _attempt(row: Attempt) -> Line:
    answer = " ".join(str(part) for part in (row.code, row.text) if part)
    return Line(row.at, "Tried; the answer was: {answer} ({outcome}).", {"answer": answer or row.reason, "outcome": row.outcome})


def _now(session: Session, delivery: Delivery) -> Line:
    at = delivery.changed_at
    match delivery.state:
        case DeliveryState.ACCEPTED:
            return Line(at, "Taken by the mail server.")
        case DeliveryState.REFUSED:
            return Line(at, "Refused for good: {reason}.", {"reason": delivery.reason or ""})
        case DeliveryState.UNCERTAIN:
            return Line(at, "Handed over, and the reply was lost: it is not sure whether it arrived.")
        case DeliveryState.SKIPPED:
            return Line(at, SKIPPED[SkipReason(delivery.reason or SkipReason.CANCELLED)])
        case DeliveryState.DEFERRED:
            retry = session.get(Retry, (delivery.issue_id, delivery.subscriber_id))
            if retry is None or retry.next_at is None:
                return Line(at, "Waits for us: what was turned away is our own fault ({reason}).", {"reason": delivery.reason or ""})
            return Line(at, "Will be tried again at {time}.", {"time": f"{retry.next_at:%Y-%m-%d %H:%M} UTC"})
        case _:
            return Line(at, "Waits for its turn.")
