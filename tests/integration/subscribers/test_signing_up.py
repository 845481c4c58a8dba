"""From the form to the confirmation: the same for everybody at the door, and what each address gets behind it (F11, B12, B19)."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from service.core import jobs
from service.core.database import Database
from service.newsletters.models import Newsletter
from service.subscribers import confirming, consent, lifecycle, queries, signing_up
from service.subscribers.models import Confirmation, ConsentAction, ConsentEvent, Purpose, SignUp, Standing, Subscriber, Subscription
from service.subscribers.signing_up import AgeNotConfirmed
from tests.support import factories
from tests.support.factories import SIGNER

WORDS = {Purpose.NEWSLETTER: "I am 14 and want it."}
WITH_ADVERTISING = WORDS | {Purpose.ADVERTISING: "I want advertising too."}


def sign_up(session: Session, letter: Newsletter, email: str, words: dict[Purpose, str] = WORDS, **values: str) -> None:
    signing_up.ask(session, newsletter_id=letter.id, email=email, language="ko", words=words, **values)


def admit_all(session: Session) -> None:
    for id_ in list(session.scalars(select(SignUp.id).order_by(SignUp.id))):
        signing_up.admit(session, SIGNER, id_)


def mails(session: Session) -> int:
    return session.scalar(select(func.count()).where(jobs.Job.name == confirming.MAIL_JOB)) or 0


def test_door_does_the_same_statements_for_every_address(database: Database) -> None:
    with database.writing() as session:
        letter = factories.newsletter(session)
        factories.cast(session, letter)
    seen: dict[str, list[str]] = {}

    for email in ("nobody@naver.com", "ada@naver.com", "ben@gmail.com", "cleo@daum.net", "dora@example.com"):
        statements: list[str] = []
        with database.writing() as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *args, to=statements: to.append(args[2]))
            sign_up(session, letter, email)
        seen[email] = statements

    assert len({tuple(statements) for statements in seen.values()}) == 1


def test_new_reader_is_pending_and_gets_one_confirmation_mail(session: Session) -> None:
    letter = factories.newsletter(session)

    sign_up(session, letter, "Ada@Naver.com", WITH_ADVERTISING, name="Ada", ip_hash="f00d", user_agent="Browser")
    admit_all(session)

    ada = session.scalars(select(Subscriber)).one()
    assert (ada.email, ada.provider, ada.name) == ("Ada@naver.com", "naver", "")
    assert queries.counts(session, letter.id).pending == 1
    assert mails(session) == 1
    assert session.scalar(select(func.count()).select_from(SignUp)) == 0
    log = queries.consent_log(session, ada.id)
    assert [(entry.purpose, entry.action, entry.text) for entry in log] == [
        (Purpose.NEWSLETTER, ConsentAction.REQUESTED, "I am 14 and want it."),
        (Purpose.ADVERTISING, ConsentAction.REQUESTED, "I want advertising too."),
    ]
    assert {(entry.ip_hash, entry.user_agent, entry.act) for entry in log} == {("f00d", "Browser", None)}
    assert log[0].text_hash == consent.hash_of(log[0].text)
    assert not session.get_one(Subscription, (letter.id, ada.id)).wants_advertising


def test_admitting_a_form_twice_changes_nothing(session: Session) -> None:
    letter = factories.newsletter(session)
    sign_up(session, letter, "ada@naver.com")
    id_ = session.scalars(select(SignUp.id)).one()

    signing_up.admit(session, SIGNER, id_)
    signing_up.admit(session, SIGNER, id_)

    assert mails(session) == 1


def test_suppressed_address_gets_no_mail_and_no_row(session: Session) -> None:
    letter = factories.newsletter(session)
    factories.suppression(session, factories.reader(session, letter, "dora@example.com", Standing.UNSUBSCRIBED))

    sign_up(session, letter, "DORA@example.com")
    admit_all(session)

    assert mails(session) == 0
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 0


@pytest.mark.parametrize("state", list(Standing))
def test_known_reader_keeps_the_state_until_the_link_is_followed(session: Session, state: Standing) -> None:
    letter = factories.newsletter(session)
    ada = factories.reader(session, letter, "ada@naver.com", state)

    sign_up(session, letter, "ada@naver.com", name="Someone else")
    admit_all(session)

    assert session.get_one(Subscription, (letter.id, ada.id)).state is state
    assert ada.name == "Ada"
    assert mails(session) == 1


def test_form_without_the_age_is_refused(session: Session) -> None:
    letter = factories.newsletter(session)

    with pytest.raises(AgeNotConfirmed):
        sign_up(session, letter, "ada@naver.com", {Purpose.ADVERTISING: "I want advertising."})

    assert session.scalar(select(func.count()).select_from(SignUp)) == 0


def test_one_mail_in_a_day_and_three_without_an_answer(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    sent = []

    for _day in range(6):
        for _time in range(2):
            sign_up(session, letter, "ada@naver.com")
            admit_all(session)
        sent.append(mails(session))
        clock.shift(timedelta(hours=24, seconds=1))

    assert sent == [1, 2, 3, 3, 3, 3]


def test_share_of_mails_counts_per_address_over_all_newsletters(session: Session) -> None:
    letters = [factories.newsletter(session, slug) for slug in ("morning", "evening")]

    for letter in letters:
        sign_up(session, letter, "ada@naver.com")
    admit_all(session)

    assert mails(session) == 1


def test_second_request_can_only_narrow_what_an_open_link_agrees_to(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    sign_up(session, letter, "ada@naver.com")
    sign_up(session, letter, "ben@gmail.com", WITH_ADVERTISING)
    admit_all(session)

    sign_up(session, letter, "ada@naver.com", WITH_ADVERTISING)
    sign_up(session, letter, "ben@gmail.com")
    admit_all(session)

    assert {tuple(row.words) for row in session.scalars(select(Confirmation))} == {("newsletter",)}


def test_flood_of_sign_ups_waits(session: Session, clock: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = factories.newsletter(session)
    monkeypatch.setattr(confirming, "MOST_PER_MINUTE", 2)
    for name in ("ada", "ben", "cleo"):
        sign_up(session, letter, f"{name}@naver.com")
    waiting = list(session.scalars(select(SignUp.id).order_by(SignUp.id)))
    signing_up.admit(session, SIGNER, waiting[0])
    signing_up.admit(session, SIGNER, waiting[1])

    with pytest.raises(confirming.TooManyConfirmations), session.begin_nested():
        signing_up.admit(session, SIGNER, waiting[2])
    clock.shift(61)
    signing_up.admit(session, SIGNER, waiting[2])

    assert mails(session) == 3


def test_case_of_the_local_part_does_not_make_another_reader(session: Session) -> None:
    letter = factories.newsletter(session)

    sign_up(session, letter, "Ada@naver.com")
    sign_up(session, letter, "ada@naver.com")
    admit_all(session)

    assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


def test_confirmed_reader_who_left_may_sign_up_again(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    ada = factories.reader(session, letter)
    lifecycle.unsubscribe(session, letter.id, ada.id, source="unsubscribe page")

    sign_up(session, letter, "ada@naver.com")
    admit_all(session)
    opened = session.scalars(select(Confirmation)).one()
    confirming.confirm(session, confirming.token_of(SIGNER, opened))

    assert session.get_one(Subscription, (letter.id, ada.id)).state is Standing.ACTIVE
