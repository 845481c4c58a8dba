"""Taking in readers whose consent is on record."""

from threading import Thread

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from service.core import clock
from service.core.database import Database
from service.subscribers import admission, consent, lifecycle, queries
from service.subscribers.admission import Arrival, Fate
from service.subscribers.models import ConsentEvent, Purpose, Standing, Subscriber, Subscription
from tests.support import factories
from tests.support.factories import SIGNER


def arrivals(*emails: str) -> list[Arrival]:
    return [Arrival.of(email, language="ko", consented_at=clock.now()) for email in emails]


def test_each_arrival_meets_its_fate(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)
    everybody = arrivals("ada@naver.com", "ben@gmail.com", "CLEO@daum.net", "dora@example.com", "new@naver.com", "New@naver.com")

    results = admission.admit(session, SIGNER, letter.id, everybody, source="test")

    assert [result.fate for result in results] == [
        Fate.ALREADY, Fate.ADDED, Fate.UNSUBSCRIBED, Fate.SUPPRESSED, Fate.ADDED, Fate.REPEATED,
    ]  # fmt: skip
    counts = queries.counts(session, letter.id)
    assert (counts.active, counts.pending, counts.unsubscribed, counts.mailable) == (4, 0, 1, 3)


def test_second_time_changes_nothing(session: Session) -> None:
    letter = factories.newsletter(session)
    everybody = arrivals("ada@naver.com", "ben@gmail.com")

    admission.admit(session, SIGNER, letter.id, everybody, source="test")
    again = admission.admit(session, SIGNER, letter.id, everybody, source="test")

    assert {result.fate for result in again} == {Fate.ALREADY}
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 2


def test_consents_are_logged_with_their_day_and_source_and_owe_no_notice(session: Session) -> None:
    letter, then = factories.newsletter(session), clock.now().replace(year=2024)

    ada_id = lifecycle.add_confirmed(
        session, SIGNER, letter.id, "ada@naver.com", name="Ada", source="paper form", consented_at=then, wants_advertising=True
    )

    assert ada_id is not None
    ada, log = session.get_one(Subscription, (letter.id, ada_id)), queries.consent_log(session, ada_id)
    assert (ada.state, ada.wants_advertising, ada.may_track_opens, ada.source) == (Standing.ACTIVE, True, False, "paper form")
    assert [(entry.purpose, entry.at, entry.source, entry.act) for entry in log] == [
        (Purpose.NEWSLETTER, then, "paper form", None),
        (Purpose.ADVERTISING, then, "paper form", None),
    ]


def test_who_withdrew_advertising_is_not_talked_into_it_by_an_old_list(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.reader(session, letter, "ada@naver.com", wants_advertising=False)

    ada_id = lifecycle.add_confirmed(
        session, SIGNER, letter.id, "ada@naver.com", source="old list", consented_at=clock.now(), wants_advertising=True
    )

    assert not session.get_one(Subscription, (letter.id, ada_id)).wants_advertising


def test_who_left_is_not_added(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.cast(session, letter)

    cleo = lifecycle.add_confirmed(session, SIGNER, letter.id, "cleo@daum.net", source="test", consented_at=clock.now())
    dora = lifecycle.add_confirmed(session, SIGNER, letter.id, "dora@example.com", source="test", consented_at=clock.now())

    assert (cleo, dora) == (None, None)


def test_nobody_among_nobody(session: Session) -> None:
    assert admission.admit(session, SIGNER, factories.newsletter(session).id, [], source="test") == []


def test_two_imports_of_one_reader_at_once_log_what_the_columns_say(database: Database) -> None:
    # given a reader of another newsletter
    with database.writing() as session:
        letter, other = factories.newsletter(session), factories.newsletter(session, "other")
        ada = factories.reader(session, other, "ada@naver.com").id

    # when two imports take her in at once, one of them without advertising
    def admit(wants_advertising: bool) -> None:
        with database.writing() as session:
            arrival = Arrival.of("ada@naver.com", language="ko", consented_at=clock.now(), wants_advertising=wants_advertising)
            admission.admit(session, SIGNER, letter.id, [arrival], source="test")

    without = Thread(target=admit, args=(False,))

    def overtake(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO subscriptions") and without.ident is None:
            without.start()
            without.join(1)  # seconds; it waits for us, or overtakes

    event.listen(database.engine, "before_cursor_execute", overtake)
    admit(True)
    without.join()

    # then the log and the columns agree
    with database.reading() as session:
        subscription = session.get_one(Subscription, (letter.id, ada))
        assert consent.standing(session, letter.id, ada).get(Purpose.ADVERTISING, False) is subscription.wants_advertising
