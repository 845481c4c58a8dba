"""What becomes of a subscription: leaving, coming back, pausing; each in the caller's transaction with its consent event and notice."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.errors import Conflict, NotFound
from service.core.signing import Signer
from service.subscribers import admission, consent, states
from service.subscribers.consent import Evidence
from service.subscribers.models import ConsentAction, ConsentEvent, Purpose, Standing, Subscription
from service.subscribers.states import Act

COME_BACK_MINUTES = 60  # in this time a leave is taken back by one click; later, the double opt-in says who it is


class NotAllowed(Conflict):
    """The subscription's state does not allow it."""


def add_confirmed(
    session: Session,
    signer: Signer,
    newsletter_id: int,
    email: str,
    *,
    name: str = "",
    source: str,
    consented_at: datetime,
    language: str = "ko",
    wants_advertising: bool = False,
    may_track_opens: bool = False,
) -> int | None:
    """An active subscription on a consent that was given elsewhere; no mail goes out. Returns the subscriber's id.

    None where the address is suppressed or has left: it is never brought back this way. Raises InvalidAddress, InvalidName.
    """
    arrival = admission.Arrival.of(
        email,
        name=name,
        language=language,
        consented_at=consented_at,
        wants_advertising=wants_advertising,
        may_track_opens=may_track_opens,
    )
    result = admission.admit(session, signer, newsletter_id, [arrival], source=source)[0]
    return result.subscriber_id if result.is_in else None


def unsubscribe(
    session: Session, newsletter_id: int, subscriber_id: int, *, source: str, language: str = "", owes_notice: bool = True
) -> bool:
    """Leave the newsletter and take back every consent for it. Returns whether anything changed; a second time changes nothing.

    Raises NotFound where there is no such subscription.
    """
    subscription = _locked(session, newsletter_id, subscriber_id)
    if subscription.state is Standing.UNSUBSCRIBED:
        return False
    move(session, newsletter_id, subscriber_id, Act.LEAVE)
    purposes = [Purpose.NEWSLETTER]
    purposes += [Purpose.ADVERTISING] if subscription.wants_advertising else []
    purposes += [Purpose.OPEN_TRACKING] if subscription.may_track_opens else []
    consent.record(
        session,
        newsletter_id=newsletter_id,
        subscriber_id=subscriber_id,
        changes=dict.fromkeys(purposes, ConsentAction.WITHDRAWN),
        evidence=Evidence(source, language),
        owes_notice=owes_notice,
    )
    return True


def can_come_back(session: Session, newsletter_id: int, subscriber_id: int) -> bool:
    """Whether the reader has left so lately that one click takes it back."""
    left_at = session.scalar(
        select(ConsentEvent.at)
        .where(
            ConsentEvent.subscriber_id == subscriber_id,
            ConsentEvent.newsletter_id == newsletter_id,
            ConsentEvent.purpose == Purpose.NEWSLETTER,
            ConsentEvent.action == ConsentAction.WITHDRAWN,
        )
        .order_by(ConsentEvent.id.desc())
        .limit(1)
    )
    return left_at is not None and left_at > clock.now() - timedelta(minutes=COME_BACK_MINUTES)


def come_back(
    session: Session,
    newsletter_id: int,
    subscriber_id: int,
    *,
    language: str,
    words: Mapping[Purpose, str],
    source: str = "unsubscribe page",
) -> None:
    """Take back a leave of the last hour. The other consents stay withdrawn. Raises NotAllowed later than that: sign up anew."""
    subscription = _locked(session, newsletter_id, subscriber_id)
    if subscription.state is not Standing.UNSUBSCRIBED:
        return
    if not can_come_back(session, newsletter_id, subscriber_id) or subscription.confirmed_at is None:
        raise NotAllowed("It has been a while since you left; please sign up again.")
    move(session, newsletter_id, subscriber_id, Act.COME_BACK)
    consent.record(
        session,
        newsletter_id=newsletter_id,
        subscriber_id=subscriber_id,
        changes={Purpose.NEWSLETTER: ConsentAction.GRANTED},
        evidence=Evidence(source, language, words),
    )


def pause(session: Session, newsletter_id: int, subscriber_id: int) -> None:
    """Send nothing until the reader resumes; consents stay. Raises NotAllowed unless active or paused."""
    move(session, newsletter_id, subscriber_id, Act.PAUSE)


def resume(session: Session, newsletter_id: int, subscriber_id: int) -> None:
    """Take up a paused subscription again. Raises NotAllowed unless paused or active."""
    move(session, newsletter_id, subscriber_id, Act.RESUME)


def move(session: Session, newsletter_id: int, subscriber_id: int, act: Act) -> Standing:
    """Apply the table in states.py to a subscription, under its row's lock. Raises NotFound, NotAllowed."""
    subscription = _locked(session, newsletter_id, subscriber_id)
    state = states.after(subscription.state, act)
    if state is None:
        raise NotAllowed("A subscription that is {state} cannot {act}.", state=subscription.state.value, act=act.value.replace("_", " "))
    if state is not subscription.state:
        subscription.state = state
        subscription.changed_at = clock.now()
    if act is Act.CONFIRM:
        subscription.confirmed_at = clock.now()
    session.flush()
    return state


def _locked(session: Session, newsletter_id: int, subscriber_id: int) -> Subscription:
    subscription = session.scalar(
        select(Subscription)
        .where(Subscription.newsletter_id == newsletter_id, Subscription.subscriber_id == subscriber_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if subscription is None:
        raise NotFound("There is no such subscription.")
    return subscription
