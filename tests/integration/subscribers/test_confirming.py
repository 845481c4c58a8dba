"""The mailed link: looked at by scanners, pressed once, good for three days (B19, C9, F12)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from service.core import jobs
from service.core.signing import Key, Signer
from service.subscribers import confirming, consent, queries, signing_up
from service.subscribers.confirming import State
from service.subscribers.models import Confirmation, ConsentAction, Purpose, SignUp, Standing, Subscription
from tests.support import factories
from tests.support.factories import SIGNER

WORDS = {Purpose.NEWSLETTER: "I am 14 and want it.", Purpose.ADVERTISING: "I want advertising too."}


@pytest.fixture
def token(session: Session) -> str:
    """The link in the mail that Ben was sent."""
    letter = factories.newsletter(session)
    signing_up.ask(session, newsletter_id=letter.id, email="ben@gmail.com", name="Ben", language="en", words=WORDS)
    signing_up.admit(session, SIGNER, session.scalars(select(SignUp.id)).one())
    return confirming.token_of(SIGNER, session.scalars(select(Confirmation)).one())


def subscription(session: Session) -> Subscription:
    return session.scalars(select(Subscription)).one()


def test_looking_changes_nothing_however_often(session: Session, token: str) -> None:
    links = {confirming.look(session, token).state for _ in range(20)}

    assert links == {State.OPEN}
    assert subscription(session).state is Standing.PENDING


def test_pressing_makes_active_and_logs_the_words_that_were_ticked(session: Session, token: str) -> None:
    link = confirming.confirm(session, token, ip_hash="f00d", user_agent="Browser")

    found = subscription(session)
    log = [entry for entry in queries.consent_log(session, link.subscriber_id) if entry.action is ConsentAction.GRANTED]
    assert (found.state, found.wants_advertising, found.may_track_opens) == (Standing.ACTIVE, True, False)
    assert found.confirmed_at is not None
    assert {entry.purpose: entry.text for entry in log} == WORDS
    assert {entry.ip_hash for entry in log} == {"f00d"}
    assert len({entry.act for entry in log}) == 1
    assert consent.of_act(session, log[1].id) == log
    assert session.scalar(select(func.count()).where(jobs.Job.name == consent.NOTICE_JOB)) == 1


def test_name_becomes_the_readers_only_when_confirmed(session: Session, token: str) -> None:
    before = queries.find(session, 1, 1) or queries.search(session, subscription(session).newsletter_id).items[0]
    assert before.subscriber.name == ""

    confirming.confirm(session, token)

    assert before.subscriber.name == "Ben"
    assert before.subscriber.language == "en"


def test_second_press_changes_nothing(session: Session, token: str) -> None:
    confirming.confirm(session, token)

    again = confirming.confirm(session, token)

    assert again.state is State.USED
    assert session.scalar(select(func.count()).where(jobs.Job.name == consent.NOTICE_JOB)) == 1


def test_link_ends_after_three_days(session: Session, clock: Traveller, token: str) -> None:
    clock.shift(timedelta(hours=72, seconds=1))

    link = confirming.confirm(session, token)

    assert link.state is State.EXPIRED
    assert subscription(session).state is Standing.PENDING


@pytest.mark.parametrize("change", [lambda t: t[:-2] + "AA", lambda t: t.swapcase(), lambda t: "", lambda t: t + "A", lambda t: t[:21]])
def test_any_other_token_is_unknown(session: Session, token: str, change) -> None:  # type: ignore[no-untyped-def]
    assert confirming.confirm(session, change(token)).state is State.UNKNOWN


def test_token_lies_in_no_table(session: Session, token: str) -> None:
    row = session.scalars(select(Confirmation)).one()

    assert token not in (row.token_hash, row.nonce)
    assert len(token) >= 43


def test_link_mailed_before_the_keys_were_rotated_still_works(session: Session, token: str) -> None:
    rotated = Signer((Key(2, bytes(range(1, 33))), Key(1, bytes(range(32)))))

    again = confirming.token_of(rotated, session.scalars(select(Confirmation)).one())

    assert again == token
