"""What somebody decides about uncertain deliveries: they have it, send it again, leave it; for one, some or all. Always audited."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.core import audit, clock
from service.core.database import among, changed
from service.core.errors import Conflict
from service.delivery import launches
from service.delivery.ledger import doubts
from service.delivery.models import Doubt, Launch, Proof
from service.delivery.pacing import backoff
from service.delivery.states import DeliveryState
from service.delivery.uncertain import settling
from service.delivery.uncertain.settling import Settlement
from service.issues.models import Issue, IssueState
from service.schedule import due

MAY_SEND_AGAIN = (IssueState.SENDING, IssueState.PAUSED, IssueState.NEEDS_DECISION)


class Choice(StrEnum):
    TOOK_IT = "took-it"  # counted as taken, by decision
    SEND_AGAIN = "send-again"  # with the same Message-ID, marked as maybe a duplicate
    LEAVE = "leave"  # never sent again; evidence may still settle it


class NotSentAgain(Conflict):
    """The issue is closed, so that nothing of it goes out any more."""


def choose(session: Session, issue_id: int, choice: Choice, *, who: Collection[int] | None, user_id: int | None) -> int:
    """Decide for these readers (None: everybody who waits for a decision); returns for how many it made a difference.

    Whoever is settled already, or was left before, is not touched, so that a second press changes nothing. Raises NotFound, NotSentAgain.
    """
    launches.of(session, issue_id)
    if choice is Choice.LEAVE:
        count = _leave(session, issue_id, who, user_id)
    elif choice is Choice.SEND_AGAIN:
        count = _send_again(session, issue_id, who, user_id)
    else:
        count = settling.settle(session, issue_id, Settlement(DeliveryState.ACCEPTED, Proof.OPERATOR, user_id=user_id), who)
    if count:
        audit.record(session, "delivery.decided", user_id=user_id, noun_id=issue_id, choice=choice.value, readers=count)
    return count


def _leave(session: Session, issue_id: int, who: Collection[int] | None, user_id: int | None) -> int:
    these = [] if who is None else [among(session, Doubt.subscriber_id, who)]
    pending = (Doubt.issue_id == issue_id, doubts.is_pending(), *these)
    return changed(session, update(Doubt).where(*pending).values(left_at=clock.now(), user_id=user_id))


def _send_again(session: Session, issue_id: int, who: Collection[int] | None, user_id: int | None) -> int:
    """It is the word that the issue is still worth reading, so its age limit counts from here (E7)."""
    issue = session.get_one(Issue, issue_id, populate_existing=True)
    if issue.state not in MAY_SEND_AGAIN:
        raise NotSentAgain(
            "The issue is closed, so nothing of it is sent again.", remedy="Evidence that turns up later still settles what is not sure."
        )
    again = Settlement(DeliveryState.DEFERRED, Proof.OPERATOR, user_id=user_id, is_repeat=True)
    count = settling.settle(session, issue_id, again, doubts.pending_among(session, issue_id, who))
    if count:
        launch, now = session.get_one(Launch, issue_id), clock.now()
        launch.give_up_at = max(launch.give_up_at, backoff.give_up_at(now, due.next_booked_at(session, issue.newsletter_id, now)))
    return count
