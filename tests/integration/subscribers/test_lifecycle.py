"""Leaving, coming back, pausing, choosing: state, log, columns and notice in one transaction (B7)."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import Traveller

from service.core import clock as time
from service.core import jobs
from service.core.errors import NotFound
from service.newsletters.models import Newsletter
from service.subscribers import consent, lifecycle, preferences, queries
from service.subscribers.consent import Evidence
from service.subscribers.lifecycle import NotAllowed
from service.subscribers.models import ConsentAction, Purpose, Standing, Subscription
from tests.support import factories
from tests.support.factories import SIGNER

SAID = Evidence("preferences page", "ko", {Purpose.ADVERTISING: "I want advertising."})
BACK = {Purpose.NEWSLETTER: "I want it after all."}


def notices(session: Session) -> int:
    return session.scalar(select(func.count()).where(jobs.Job.name == consent.NOTICE_JOB)) or 0


def ada_in(session: Session, letter: Newsletter, **values: object) -> Subscription:
    ada = factories.reader(session, letter, confirmed_at=time.now(), **values)
    return session.get_one(Subscription, (letter.id, ada.id))


@pytest.mark.parametrize("state", [Standing.PENDING, Standing.ACTIVE, Standing.PAUSED])
def test_leaving_takes_back_every_consent_with_one_notice(session: Session, state: Standing) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter, state=state, wants_advertising=True, may_track_opens=True)

    changed = lifecycle.unsubscribe(session, letter.id, ada.subscriber_id, source="one-click", language="ko")

    log = queries.consent_log(session, ada.subscriber_id)
    assert changed
    assert (ada.state, ada.wants_advertising, ada.may_track_opens) == (Standing.UNSUBSCRIBED, False, False)
    assert {entry.purpose for entry in log} == {Purpose.NEWSLETTER, Purpose.ADVERTISING, Purpose.OPEN_TRACKING}
    assert {(entry.action, entry.source) for entry in log} == {(ConsentAction.WITHDRAWN, "one-click")}
    assert notices(session) == 1


def test_leaving_twice_changes_nothing(session: Session) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter)
    lifecycle.unsubscribe(session, letter.id, ada.subscriber_id, source="one-click")

    again = lifecycle.unsubscribe(session, letter.id, ada.subscriber_id, source="one-click")

    assert not again
    assert notices(session) == 1
    assert len(queries.consent_log(session, ada.subscriber_id)) == 1


def test_leaving_one_newsletter_keeps_the_other(session: Session) -> None:
    morning, evening = factories.newsletter(session, "morning"), factories.newsletter(session, "evening")
    ada = ada_in(session, morning)
    other = factories.subscription(session, evening, session.get_one(factories.Subscriber, ada.subscriber_id))

    lifecycle.unsubscribe(session, morning.id, ada.subscriber_id, source="one-click")

    assert other.state is Standing.ACTIVE


def test_leaving_what_one_never_joined_is_not_found(session: Session) -> None:
    letter = factories.newsletter(session)

    with pytest.raises(NotFound):
        lifecycle.unsubscribe(session, letter.id, 404, source="one-click")


def test_leave_of_the_last_hour_is_taken_back_without_the_other_consents(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter, wants_advertising=True)
    lifecycle.unsubscribe(session, letter.id, ada.subscriber_id, source="unsubscribe page")
    clock.shift(timedelta(minutes=59))

    lifecycle.come_back(session, letter.id, ada.subscriber_id, language="ko", words=BACK)

    assert (ada.state, ada.wants_advertising) == (Standing.ACTIVE, False)
    assert queries.consent_log(session, ada.subscriber_id)[-1].text == "I want it after all."
    assert notices(session) == 2


def test_later_nobody_comes_back_by_a_link_in_a_letter(session: Session, clock: Traveller) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter)
    lifecycle.unsubscribe(session, letter.id, ada.subscriber_id, source="unsubscribe page")
    clock.shift(timedelta(minutes=61))

    with pytest.raises(NotAllowed):
        lifecycle.come_back(session, letter.id, ada.subscriber_id, language="ko", words=BACK)

    assert ada.state is Standing.UNSUBSCRIBED


def test_who_never_confirmed_cannot_come_back(session: Session) -> None:
    letter = factories.newsletter(session)
    ben = factories.reader(session, letter, "ben@gmail.com", Standing.PENDING)
    lifecycle.unsubscribe(session, letter.id, ben.id, source="unsubscribe page")

    with pytest.raises(NotAllowed):
        lifecycle.come_back(session, letter.id, ben.id, language="ko", words=BACK)


def test_pausing_is_no_consent_and_owes_no_notice(session: Session) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter)

    lifecycle.pause(session, letter.id, ada.subscriber_id)
    paused = ada.state
    lifecycle.resume(session, letter.id, ada.subscriber_id)

    assert (paused, ada.state) == (Standing.PAUSED, Standing.ACTIVE)
    assert notices(session) == 0


def test_who_has_left_cannot_pause(session: Session) -> None:
    letter = factories.newsletter(session)
    cleo = factories.reader(session, letter, "cleo@daum.net", Standing.UNSUBSCRIBED)

    with pytest.raises(NotAllowed):
        lifecycle.pause(session, letter.id, cleo.id)


def test_choices_that_change_give_one_notice_and_no_change_gives_none(session: Session) -> None:
    letter = factories.newsletter(session)
    ada = ada_in(session, letter)
    wanted = {Purpose.ADVERTISING: True, Purpose.OPEN_TRACKING: True}

    first = preferences.choose(session, letter.id, ada.subscriber_id, is_paused=True, consents=wanted, evidence=SAID)
    second = preferences.choose(session, letter.id, ada.subscriber_id, is_paused=True, consents=wanted, evidence=SAID)

    assert (first, second) == (True, False)
    assert (ada.state, ada.wants_advertising, ada.may_track_opens) == (Standing.PAUSED, True, True)
    assert notices(session) == 1
    assert queries.consent_log(session, ada.subscriber_id)[0].text == "I want advertising."


@pytest.mark.parametrize("state", [Standing.PENDING, Standing.UNSUBSCRIBED])
def test_who_is_no_reader_has_nothing_to_choose(session: Session, state: Standing) -> None:
    letter = factories.newsletter(session)
    ben = factories.reader(session, letter, "ben@gmail.com", state)

    with pytest.raises(NotAllowed):
        preferences.choose(session, letter.id, ben.id, is_paused=False, consents={Purpose.ADVERTISING: True}, evidence=SAID)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["ads", "no ads", "track", "no track", "leave", "back", "pause", "resume"]), max_size=12))
def test_columns_always_agree_with_the_log(session: Session, acts: list[str]) -> None:
    letter = session.scalars(select(Newsletter)).first() or factories.newsletter(session)
    number = session.scalar(select(func.count()).select_from(Subscription)) or 0
    ada_id = lifecycle.add_confirmed(session, SIGNER, letter.id, f"ada{number}@naver.com", source="test", consented_at=time.now())
    assert ada_id is not None
    choices = {"ads": (Purpose.ADVERTISING, True), "no ads": (Purpose.ADVERTISING, False),
               "track": (Purpose.OPEN_TRACKING, True), "no track": (Purpose.OPEN_TRACKING, False)}  # fmt: skip

    for act in acts:
        try:
            if act in choices:
                purpose, wanted = choices[act]
                preferences.choose(session, letter.id, ada_id, is_paused=False, consents={purpose: wanted}, evidence=SAID)
            elif act == "leave":
                lifecycle.unsubscribe(session, letter.id, ada_id, source="test")
            elif act == "back":
                lifecycle.come_back(session, letter.id, ada_id, language="ko", words=BACK)
            else:
                (lifecycle.pause if act == "pause" else lifecycle.resume)(session, letter.id, ada_id)
        except NotAllowed:
            pass

    session.expire_all()
    ada, log = session.get_one(Subscription, (letter.id, ada_id)), consent.standing(session, letter.id, ada_id)
    assert ada.wants_advertising is log.get(Purpose.ADVERTISING, False)
    assert ada.may_track_opens is log.get(Purpose.OPEN_TRACKING, False)
    assert (ada.state is not Standing.UNSUBSCRIBED) is log[Purpose.NEWSLETTER]
