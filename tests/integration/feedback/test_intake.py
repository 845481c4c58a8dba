"""What comes back finds its delivery or changes nothing; what follows is the policy's, once (D1 to D3, D7, D10, D12, A27)."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.core import clock as clocks
from service.delivery.models import Delivery, Doubt, Launch
from service.delivery.states import DeliveryState
from service.feedback import intake
from service.feedback.intake import Arrival
from service.feedback.models import Returned, Source
from service.newsletters.models import Newsletter
from service.subscribers import suppression, tokens
from service.subscribers.models import Standing, Subscriber, Subscription, SuppressionReason
from service.tracking import tokens as measuring
from tests.support import factories
from tests.support.factories import SIGNER
from tests.support.returned_mail import arf, dsn, reply, text_bounce

HARD = dsn("5.1.1", "smtp; 550 5.1.1 User unknown")
FULL = dsn("5.2.2", "smtp; 552 5.2.2 mailbox full")
DISABLED = dsn("5.2.1", "smtp; 550 5.2.1 mailbox disabled")


@pytest.fixture
def letter(session: Session) -> Newsletter:
    return factories.newsletter(session)


@pytest.fixture
def dora(session: Session, letter: Newsletter) -> Subscriber:
    return factories.reader(session, letter, "dora@reader.test")


def sent(session: Session, letter: Newsletter, reader: Subscriber, state: DeliveryState = DeliveryState.ACCEPTED) -> int:
    issue = factories.issue(session, letter)
    compiled = factories.compiled_issue(session, issue)
    session.add(Launch(issue_id=issue.id, compiled_id=compiled.id, started_at=clocks.now(), give_up_at=clocks.now()))
    session.add(Delivery(issue_id=issue.id, subscriber_id=reader.id, batch_no=1, state=state))
    session.flush()
    return issue.id


def bounce_address(issue_id: int, reader: Subscriber) -> str:
    return f"b+{measuring.verp(SIGNER, issue_id, reader.id)}@bounces.example.com"


def come_back(session: Session, raw: bytes, *recipients: str) -> Returned | None:
    return intake.receive(session, SIGNER, intake.of_mail(raw, Source.LMTP, recipients))


def is_suppressed(session: Session, reader: Subscriber) -> bool:
    return suppression.is_suppressed(session, reader.address_hash)


def test_a_hard_bounce_suppresses_at_once_and_the_ledger_keeps_its_word(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    issue_id = sent(session, letter, dora)

    row = come_back(session, HARD, bounce_address(issue_id, dora))

    assert row is not None
    assert (row.issue_id, row.subscriber_id, row.known_by, row.effect) == (issue_id, dora.id, "verp", "suppressed")
    found = suppression.find(session, dora.address_hash)
    assert found is not None
    assert (found.reason, found.note) == (SuppressionReason.HARD_BOUNCE, "5.1.1")
    delivery = session.get_one(Delivery, (issue_id, dora.id))
    assert delivery.state is DeliveryState.ACCEPTED


@pytest.mark.parametrize(
    "written",
    [
        lambda address: address.upper(),
        lambda address: address.replace("@", "+more@"),
        lambda address: f"SRS0=abcd=ef=example.com={address.partition('@')[0]}@forwarder.test",
        lambda address: f"srs1=xx=relay.test=={address.partition('@')[0].upper()}@other.test",
    ],
)
def test_the_bounce_address_is_read_in_all_its_forms(session: Session, letter: Newsletter, dora: Subscriber, written: object) -> None:
    issue_id = sent(session, letter, dora)

    row = come_back(session, HARD, written(bounce_address(issue_id, dora)))  # type: ignore[operator]

    assert row is not None
    assert row.known_by == "verp"


def test_a_forged_bounce_changes_nothing_and_is_kept_to_be_seen(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    sent(session, letter, dora)
    forged = "b+" + "a" * 32 + "@bounces.example.com"

    rows = [come_back(session, raw, forged) for raw in (HARD, arf(), reply("수신거부"))]

    assert all(row is not None and row.subscriber_id is None and row.effect == "" for row in rows)
    assert not is_suppressed(session, dora)
    assert session.get_one(Subscription, (letter.id, dora.id)).state is Standing.ACTIVE


def test_the_returned_message_id_is_enough(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    issue_id = sent(session, letter, dora)
    own = measuring.message_id(SIGNER, issue_id, dora.id, "news.example.com").encode()

    row = come_back(session, arf().replace(b"<dabc.7@news.example.test>", own), "fbl@example.com")

    assert row is not None
    assert (row.known_by, row.effect) == ("message_id", "suppressed")
    assert session.get_one(Subscription, (letter.id, dora.id)).state is Standing.UNSUBSCRIBED
    found = suppression.find(session, dora.address_hash)
    assert found is not None
    assert found.reason is SuppressionReason.COMPLAINT


def test_the_same_mail_again_changes_nothing(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    address = bounce_address(sent(session, letter, dora), dora)

    first, *others = [come_back(session, HARD, address) for _ in range(3)]

    assert first is not None
    assert others == [None, None]
    assert len(list(session.scalars(select(Returned)))) == 1


def test_words_alone_need_a_second_issue(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    by_words = text_bounce("Sorry, we were unable to deliver your message to <dora@reader.test>: no such user")

    come_back(session, by_words, bounce_address(sent(session, letter, dora), dora))
    after_one = is_suppressed(session, dora)
    come_back(session, by_words, bounce_address(sent(session, letter, dora), dora))

    assert (after_one, is_suppressed(session, dora)) == (False, True)


def test_an_inactive_mailbox_is_given_a_week(session: Session, letter: Newsletter, dora: Subscriber, clock: time_machine.Traveller) -> None:
    seen = []
    for days in (0, 3, 5):
        clock.shift(timedelta(days=days))
        come_back(session, DISABLED, bounce_address(sent(session, letter, dora), dora))
        seen.append(is_suppressed(session, dora))

    assert seen == [False, False, True]


def test_a_full_mailbox_is_given_five_issues_and_three_weeks(
    session: Session, letter: Newsletter, dora: Subscriber, clock: time_machine.Traveller
) -> None:
    seen = []
    for days in (0, 2, 2, 3, 3, 12):
        clock.shift(timedelta(days=days))
        come_back(session, FULL, bounce_address(sent(session, letter, dora), dora))
        seen.append(is_suppressed(session, dora))

    assert seen == [False] * 5 + [True]
    found = suppression.find(session, dora.address_hash)
    assert found is not None
    assert found.reason is SuppressionReason.FULL


@pytest.mark.parametrize(
    "raw",
    [
        dsn("5.7.1", "smtp; 550 5.7.1 blocked using zen.spamhaus.org"),
        dsn("5.7.26", "smtp; 550 5.7.26 unauthenticated"),
        dsn("5.1.1", "smtp; 550 looks like spam"),
        dsn("4.4.1", "smtp; timed out", action="delayed"),
        reply("I am on vacation", subject="Out of office", more="Auto-Submitted: auto-replied\n"),
    ],
)
def test_what_is_not_about_the_address_never_suppresses(session: Session, letter: Newsletter, dora: Subscriber, raw: bytes) -> None:
    come_back(session, raw, bounce_address(sent(session, letter, dora), dora))

    assert not is_suppressed(session, dora)


def test_any_letter_to_the_leaving_address_leaves_but_a_program_does_not(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    issue_id = sent(session, letter, dora)
    address = f"u+{tokens.leaving(SIGNER, issue_id, dora.id).upper()}@bounces.example.com"

    automatic = come_back(session, reply("", subject="Out of office", more="Auto-Submitted: auto-replied\n"), address)
    before = session.get_one(Subscription, (letter.id, dora.id)).state
    row = come_back(session, reply("", subject="", more=""), address)

    assert automatic is not None
    assert (automatic.effect, before) == ("", Standing.ACTIVE)
    assert row is not None
    assert (row.kind, row.effect) == ("unsubscribe", "unsubscribed")
    assert session.get_one(Subscription, (letter.id, dora.id)).state is Standing.UNSUBSCRIBED
    assert not is_suppressed(session, dora)  # who leaves may come back


def test_a_reply_that_asks_to_leave_is_known_by_what_it_answers(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    own = measuring.message_id(SIGNER, sent(session, letter, dora), dora.id, "news.example.com")

    come_back(session, reply("이제 그만 보내주세요", more=f"In-Reply-To: {own}\n"), "desk@example.com")

    assert session.get_one(Subscription, (letter.id, dora.id)).state is Standing.UNSUBSCRIBED


def test_an_address_alone_is_believed_only_of_a_proven_sender(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    issue_id = sent(session, letter, dora)
    found = intake.of_mail(HARD, Source.SES).classified

    unproven = intake.receive(session, SIGNER, Arrival("one", Source.IMAP, found))
    proven = intake.receive(session, SIGNER, Arrival("two", Source.SES, found, is_proven=True))

    assert unproven is not None
    assert unproven.subscriber_id is None
    assert proven is not None
    assert (proven.issue_id, proven.known_by, proven.effect) == (issue_id, "recipient", "suppressed")


def test_letters_of_people_are_not_kept(session: Session) -> None:
    row = come_back(session, reply("A very personal letter"), "desk@example.com")

    assert row is not None
    assert (row.raw, row.text, row.recipient) == (None, "", "")


def test_an_uncertain_mail_that_bounces_has_arrived_at_a_mail_server(session: Session, letter: Newsletter, dora: Subscriber) -> None:
    issue_id = sent(session, letter, dora, DeliveryState.UNCERTAIN)
    session.add(Doubt(issue_id=issue_id, subscriber_id=dora.id, lane="other", since=clocks.now(), handed_after=clocks.now()))
    session.flush()

    come_back(session, FULL, bounce_address(issue_id, dora))

    session.expire_all()
    assert session.get_one(Delivery, (issue_id, dora.id)).state is DeliveryState.ACCEPTED
