"""Lists and counts of readers."""

import pytest
from sqlalchemy.orm import Session

from service.subscribers import queries
from service.subscribers.models import Standing
from tests.support import factories


def found(session: Session, newsletter_id: int, **filters: object) -> set[str]:
    return {line.subscriber.email for line in queries.search(session, newsletter_id, **filters).items}  # type: ignore[arg-type]


def test_search_finds_by_part_of_the_address_domain_and_name(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)

    assert found(session, letter.id, text="ADA") == {"ada@naver.com"}
    assert found(session, letter.id, text="@daum") == {"cleo@daum.net"}
    assert found(session, letter.id, text="Ben") == {"ben@gmail.com"}
    assert found(session, letter.id, text="") == {"ada@naver.com", "ben@gmail.com", "cleo@daum.net", "dora@example.com"}


@pytest.mark.parametrize("text", ["%", "_", "\\", "a_a", "' OR 1=1 --"])
def test_search_takes_no_character_for_a_pattern(session: Session, text: str) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)

    assert found(session, letter.id, text=text) == set()


def test_filters_narrow_by_state_and_suppression(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)

    assert found(session, letter.id, state=Standing.PENDING) == {"ben@gmail.com"}
    assert found(session, letter.id, suppressed_only=True) == {"dora@example.com"}


def test_readers_of_another_newsletter_stay_there(session: Session) -> None:
    morning, evening = factories.newsletter(session, "morning"), factories.newsletter(session, "evening")
    ada = factories.reader(session, morning)

    assert found(session, evening.id) == set()
    assert queries.find(session, evening.id, ada.id) is None


def test_counts_tell_who_would_get_an_issue(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)
    factories.reader(session, letter, "eve@naver.com", wants_advertising=True, may_track_opens=True)

    counts = queries.counts(session, letter.id)

    assert (counts.active, counts.pending, counts.unsubscribed, counts.paused, counts.total) == (3, 1, 1, 0, 5)
    assert (counts.mailable, counts.with_advertising, counts.with_open_tracking) == (2, 1, 1)
    assert queries.count_suppressed(session) == 1


def test_counts_of_nobody_are_zero(session: Session) -> None:
    assert queries.counts(session, factories.newsletter(session).id) == queries.Counts()
