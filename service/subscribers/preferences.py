"""What a reader may change by a link in a letter: pause, advertising, measurement of opens. Never the data itself."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from service.subscribers import consent, lifecycle
from service.subscribers.consent import Evidence
from service.subscribers.lifecycle import NotAllowed
from service.subscribers.models import ConsentAction, Purpose, Standing, Subscription

CHOICES = (Purpose.ADVERTISING, Purpose.OPEN_TRACKING)


def choose(
    session: Session,
    newsletter_id: int,
    subscriber_id: int,
    *,
    is_paused: bool,
    consents: Mapping[Purpose, bool],
    evidence: Evidence,
) -> bool:
    """Set what differs from today, one notice for all consents changed (B7). Returns whether anything changed.

    Purposes that are not given stay as they are. Raises NotFound, and NotAllowed for a subscription that is neither active nor paused.
    """
    subscription = session.get(Subscription, (newsletter_id, subscriber_id), with_for_update=True, populate_existing=True)
    if subscription is None or subscription.state not in (Standing.ACTIVE, Standing.PAUSED):
        raise NotAllowed("Only a reader of the newsletter can choose what to receive.")
    changes = {
        purpose: ConsentAction.GRANTED if wanted else ConsentAction.WITHDRAWN
        for purpose, wanted in consents.items()
        if purpose in CHOICES and wanted is not getattr(subscription, consent.DERIVED[purpose])
    }
    was_paused = subscription.state is Standing.PAUSED
    if is_paused and not was_paused:
        lifecycle.pause(session, newsletter_id, subscriber_id)
    if was_paused and not is_paused:
        lifecycle.resume(session, newsletter_id, subscriber_id)
    if changes:
        consent.record(session, newsletter_id=newsletter_id, subscriber_id=subscriber_id, changes=changes, evidence=evidence)
    return bool(changes) or is_paused is not was_paused
