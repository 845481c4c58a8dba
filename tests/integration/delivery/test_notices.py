"""Single mails: once per key, tried again, and from the consent to the mailbox (B7, B19)."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import Traveller

from service.accounts.models import Role, User
from service.core import clock as time
from service.core import jobs
from service.core.database import Database
from service.core.settings import ROOT, Settings
from service.delivery.models import Notice, NoticeState
from service.delivery.pacing import pace
from service.delivery.telling import notices, reader_notices
from service.delivery.telling.notices import Office, TryLater
from service.delivery.transports.opening import open_transport
from service.newsletters.models import Newsletter
from service.rendering import engine
from service.subscribers import confirming, consent, lifecycle, signing_up, suppression, tokens
from service.subscribers.models import Confirmation, ConsentEvent, Purpose, SignUp, SuppressionReason
from tests.support import factories
from tests.support.factories import SIGNER
from tests.support.mailbox import Mailbox

BASE = "https://news.example.com"
WORDS = {Purpose.NEWSLETTER: "I am 14 and want it.", Purpose.ADVERTISING: "I want advertising too."}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def office(mailbox: Mailbox, settings: Settings) -> Iterator[Office]:
    transport = open_transport(f"smtp://127.0.0.1:{mailbox.port}", connections=1)
    yield Office(transport, SIGNER, engine.make_environment(ROOT / "templates/email"), settings.model_copy(update={"base_url": BASE}))
    transport.close()


def enqueued(session: Session, letter: Newsletter, key: str = "one") -> int:
    notices.enqueue(
        session, "issue_paused", key=key, email="otto@example.com", language="en",
        values={"title": "An issue", "url": f"{BASE}/admin"}, newsletter_id=letter.id,
    )  # fmt: skip
    return session.scalars(select(Notice.id).where(Notice.key == key)).one()


def arrived(mailbox: Mailbox) -> list[EmailMessage]:
    return [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in mailbox.messages]  # type: ignore[misc]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def send_all(database: Database, office: Office) -> None:
    with database.reading() as session:
        waiting = list(session.scalars(select(Notice.id).where(Notice.state == NoticeState.QUEUED).order_by(Notice.id)))
    for notice_id in waiting:
        notices.send(database.reading, database.writing, office, notice_id)


def state(database: Database, notice_id: int) -> tuple[NoticeState, str | None]:
    with database.reading() as session:
        notice = session.get_one(Notice, notice_id)
        return notice.state, notice.last_error


def test_same_key_is_one_mail(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        first, again = enqueued(session, letter), enqueued(session, letter)

    for _ in range(3):
        notices.send(database.reading, database.writing, office, first)

    assert first == again
    assert len(mailbox.messages) == 1
    assert state(database, first) == (NoticeState.SENT, None)


def test_mail_is_transactional_and_not_of_the_bulk_stream(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session, bounce_domain="bounces.example.com"))

    notices.send(database.reading, database.writing, office, notice_id)

    message = arrived(mailbox)[0]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == "otto@example.com"
    assert {"List-Unsubscribe", "List-Id", "Precedence", "Feedback-ID"}.isdisjoint(message.keys())
    assert mailbox.messages[0].mail_from == "notices@bounces.example.com"


def test_server_that_says_later_is_asked_again_with_the_same_message_id(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))
    mailbox.when("rcpt", "451 4.7.1 Try again later", times=1)

    with pytest.raises(TryLater):
        notices.send(database.reading, database.writing, office, notice_id)
    waiting = state(database, notice_id)
    notices.send(database.reading, database.writing, office, notice_id)

    assert waiting[0] is NoticeState.QUEUED
    assert "4.7.1" in str(waiting[1])
    assert state(database, notice_id)[0] is NoticeState.SENT
    assert len(mailbox.messages) == 1


def test_refusal_is_final_and_keeps_the_servers_words_without_the_address(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))
    mailbox.when("rcpt", "550 5.1.1 <otto@example.com> user unknown")

    notices.send(database.reading, database.writing, office, notice_id)

    found, error = state(database, notice_id)
    assert found is NoticeState.FAILED
    assert "user unknown" in str(error)
    assert "otto@" not in str(error)


def test_server_that_is_away_leaves_the_notice_queued_until_it_is_too_old(database: Database, settings: Settings, clock: Traveller) -> None:
    transport = open_transport("smtp://127.0.0.1:1", connections=1)
    office = Office(transport, SIGNER, engine.make_environment(ROOT / "templates/email"), settings.model_copy(update={"base_url": BASE}))
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))

    with pytest.raises(TryLater):
        notices.send(database.reading, database.writing, office, notice_id)
    young = state(database, notice_id)[0]
    clock.shift(timedelta(days=2))
    notices.send(database.reading, database.writing, office, notice_id)

    assert (young, state(database, notice_id)[0]) == (NoticeState.QUEUED, NoticeState.FAILED)


def test_notice_in_another_workers_hands_is_left_there(database: Database, mailbox: Mailbox, office: Office, clock: Traveller) -> None:
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))
        session.get_one(Notice, notice_id).claimed_until = time.now() + timedelta(seconds=700)

    with pytest.raises(TryLater):
        notices.send(database.reading, database.writing, office, notice_id)
    held = len(mailbox.messages)
    clock.shift(701)
    notices.send(database.reading, database.writing, office, notice_id)

    assert (held, len(mailbox.messages)) == (0, 1)


def test_a_notice_goes_first_and_counts_in_what_the_mail_server_takes(database: Database, office: Office, clock: Traveller) -> None:
    """Given a rate and a daily quota; when more notices leave than the quota has; then all arrive, and batches wait for them."""
    limited = office.settings.model_copy(update={"relay_rate": 1.0, "relay_daily_quota": 3})
    with database.writing() as session:
        letter = factories.newsletter(session)
        for number in range(5):
            enqueued(session, letter, key=str(number))

    send_all(database, replace(office, settings=limited))

    with database.writing() as session:
        states = session.scalars(select(Notice.state).distinct()).all()
        quota = pace.quota_state(session, limited, time.now())
        assert states == [NoticeState.SENT]
        assert quota is not None
        assert (quota.used, quota.left) == (5, 0)
        assert pace.room(session, limited, "naver", time.now()) == 0
        without_quota = limited.model_copy(update={"relay_daily_quota": 0})
        assert pace.ready_at(session, without_quota, "naver", time.now()) == time.now() + timedelta(seconds=4)  # two had gathered


def test_however_many_notices_leave_a_batch_waits_for_a_minute_at_most(database: Database, settings: Settings, clock: Traveller) -> None:
    limited = settings.model_copy(update={"relay_rate": 1.0})
    with database.writing() as session:
        for _ in range(200):
            pace.count_single(session, limited, 1, time.now())

        clock.shift(pace.DEBT_SECONDS + 1)

        assert pace.room(session, limited, "naver", time.now()) == 1


def test_a_notice_that_did_not_leave_does_not_count(database: Database, settings: Settings) -> None:
    limited = settings.model_copy(update={"base_url": BASE, "relay_daily_quota": 3})
    office = Office(open_transport("smtp://127.0.0.1:1", connections=1), SIGNER, engine.make_environment(ROOT / "templates/email"), limited)
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))

    with pytest.raises(TryLater):
        notices.send(database.reading, database.writing, office, notice_id)

    with database.reading() as session:
        quota = pace.quota_state(session, limited, time.now())
    assert quota is not None
    assert quota.used == 0


def test_a_machine_whose_clock_is_ahead_leaves_a_notice_to_who_holds_it(
    database: Database, office: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("one machine, one clock")
    with database.writing() as session:
        notice_id = enqueued(session, factories.newsletter(session))
    assert notices._claim(database.writing, notice_id)
    now = time.now
    monkeypatch.setattr(time, "now", lambda: now() + timedelta(hours=1))

    with pytest.raises(TryLater):
        notices.send(database.reading, database.writing, office, notice_id)

    assert mailbox.messages == []


def test_from_the_form_to_the_welcome(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        signing_up.ask(session, newsletter_id=letter.id, email="ada@naver.com", name="Ada", language="en", words=WORDS)
        signing_up.admit(session, SIGNER, session.scalars(select(SignUp.id)).one())
        reader_notices.confirmation(session, session.scalars(select(Confirmation.id)).one())
        stored = str(session.scalars(select(Notice)).one().values)
    send_all(database, office)
    link = next(line for line in text_of(arrived(mailbox)[0]).splitlines() if line.startswith(BASE + tokens.CONFIRM_PATH))
    token = link.removeprefix(BASE + tokens.CONFIRM_PATH)
    with database.writing() as session:
        confirming.confirm(session, token)
        for event_id in session.scalars(select(ConsentEvent.id)):
            reader_notices.of_consent(session, event_id)
    send_all(database, office)

    confirmation, welcome = arrived(mailbox)
    assert token not in stored
    assert "Ada" not in text_of(confirmation)
    assert "Welcome, Ada" in text_of(welcome)
    assert "Advertising information by e-mail: agreed" in text_of(welcome)


def test_each_act_of_consent_is_told_exactly_once(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        ada = factories.reader(session, letter, wants_advertising=True, confirmed_at=time.now())
        lifecycle.unsubscribe(session, letter.id, ada.id, source="one-click", language="ko")
    with database.writing() as session:
        asked = list(session.scalars(select(jobs.Job).where(jobs.Job.name == consent.NOTICE_JOB)))
        for _ in range(2):
            for event in session.scalars(select(ConsentEvent.id)):
                reader_notices.of_consent(session, event)
    send_all(database, office)
    send_all(database, office)

    assert len(asked) == 1
    assert len(mailbox.messages) == 1
    assert mailbox.messages[0].rcpt_to == ("ada@naver.com",)


def test_suppressed_reader_is_not_mailed(database: Database, mailbox: Mailbox, office: Office) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        ada = factories.reader(session, letter)
        lifecycle.unsubscribe(session, letter.id, ada.id, source="complaint")
        reader_notices.of_consent(session, session.scalars(select(ConsentEvent.id)).first() or 0)
        suppression.suppress(session, ada.address_hash, SuppressionReason.COMPLAINT)

    send_all(database, office)

    assert mailbox.messages == []


def test_confirmation_that_ran_out_before_it_was_mailed_is_dropped(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    signing_up.ask(session, newsletter_id=letter.id, email="ada@naver.com", language="en", words=WORDS)
    signing_up.admit(session, SIGNER, session.scalars(select(SignUp.id)).one())
    clock.shift(timedelta(hours=73))

    reader_notices.confirmation(session, session.scalars(select(Confirmation.id)).one())

    assert session.scalars(select(Notice)).all() == []


def test_operators_are_told_once_a_day_of_notices_that_are_overdue(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    ada = factories.reader(session, letter)
    session.add(
        User(email="otto@example.com", name="Otto", password_hash="", role=Role.OPERATOR, language="en", zone="UTC", created_at=time.now())
    )
    lifecycle.unsubscribe(session, letter.id, ada.id, source="one-click")
    found = []

    for days in (1, 1, 0, 12):
        clock.shift(timedelta(days=days, seconds=1))
        found.append(reader_notices.raise_alarm(session, time.now(), BASE))

    alarms = list(session.scalars(select(Notice).order_by(Notice.id)))
    assert found == [0, 1, 1, 1]
    assert [(alarm.kind, alarm.values["days_left"]) for alarm in alarms] == [("notices_overdue", 12), ("notices_overdue", 0)]


def test_settled_notice_forgets_the_address_after_a_month(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    sent, waiting = enqueued(session, letter, "sent"), enqueued(session, letter, "waiting")
    session.get_one(Notice, sent).state = NoticeState.SENT
    session.flush()
    clock.shift(timedelta(days=31))

    notices.forget_old(session, time.now())

    session.expire_all()
    assert (session.get_one(Notice, sent).email, session.get_one(Notice, sent).state) == ("", NoticeState.SENT)
    assert session.get_one(Notice, waiting).email == "otto@example.com"


def test_told_and_refused_are_not_overdue(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    ada = factories.reader(session, letter)
    lifecycle.unsubscribe(session, letter.id, ada.id, source="one-click")
    reader_notices.of_consent(session, session.scalars(select(ConsentEvent.id)).first() or 0)
    session.scalars(select(Notice)).one().state = NoticeState.SENT
    clock.shift(timedelta(days=15))

    assert reader_notices.raise_alarm(session, time.now(), BASE) == 0
