"""The do-not-mail list."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core.audit import AuditEntry
from service.core.errors import NotFound
from service.subscribers import queries, suppression
from service.subscribers.models import SuppressionReason
from service.subscribers.suppression import ReasonMissing
from tests.support import factories


def test_first_reason_stands(session: Session) -> None:
    letter = factories.newsletter(session)
    dora = factories.reader(session, letter, "dora@example.com")

    first = suppression.suppress(session, dora.address_hash, SuppressionReason.HARD_BOUNCE)
    second = suppression.suppress(session, dora.address_hash, SuppressionReason.MANUAL, note="asked by telephone")

    found = suppression.find(session, dora.address_hash)
    assert (first, second) == (True, False)
    assert found is not None
    assert found.reason is SuppressionReason.HARD_BOUNCE
    assert queries.counts(session, letter.id).mailable == 0


def test_by_hand_needs_a_reason_and_is_audited_without_the_address(session: Session) -> None:
    dora = factories.subscriber(session, "dora@example.com")

    with pytest.raises(ReasonMissing):
        suppression.suppress(session, dora.address_hash, SuppressionReason.MANUAL, note=" ")
    suppression.suppress(session, dora.address_hash, SuppressionReason.MANUAL, note="asked by telephone", user_id=7)
    suppression.lift(session, dora.address_hash, note="asked to come back", user_id=7)

    entries = list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [(entry.act, entry.user_id, entry.noun_id) for entry in entries] == [
        ("subscriber.suppressed", 7, dora.id),
        ("subscriber.unsuppressed", 7, dora.id),
    ]
    assert "dora@" not in str([entry.details for entry in entries])
    assert not suppression.is_suppressed(session, dora.address_hash)


def test_lifting_what_is_not_on_the_list_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        suppression.lift(session, "0" * 64, note="why not", user_id=None)
