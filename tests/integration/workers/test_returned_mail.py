"""The doors for returned mail: the LMTP listener, the IMAP mailbox, and refusals in our own dialogue."""

import asyncio
import smtplib
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from service.cli.launching import ports
from service.core import clock
from service.delivery.models import Attempt, Delivery
from service.delivery.states import DeliveryState
from service.feedback.models import Checkpoint, Returned, Source
from service.runtime import Runtime
from service.subscribers import suppression
from service.tracking import tokens as measuring
from tests.support import factories, imap
from tests.support.returned_mail import arf, dsn, reply
from workers import bounce_listener, feedback

HARD = dsn("5.1.1", "smtp; 550 5.1.1 User unknown")
WIRE = HARD.replace(b"\n", b"\r\n")


@pytest.fixture
def address(runtime: Runtime) -> str:
    """The bounce address of an issue that went to Dora."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        dora = factories.reader(session, letter, "dora@reader.test")
        issue = factories.issue(session, letter)
        session.add(Delivery(issue_id=issue.id, subscriber_id=dora.id, batch_no=1, state=DeliveryState.ACCEPTED))
        return f"b+{measuring.verp(runtime.signer, issue.id, dora.id)}@bounces.example.com"


@pytest.fixture
def port(runtime: Runtime) -> Iterator[int]:
    """A running bounce listener."""
    chosen, loop = ports.next_free(18128), asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    door = bounce_listener.Door(runtime)
    server = loop.run_until_complete(loop.create_server(lambda: bounce_listener.make_server(door, loop), "127.0.0.1", chosen))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield chosen
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def rows(runtime: Runtime) -> list[Returned]:
    with runtime.reading() as session:
        return list(session.scalars(select(Returned).order_by(Returned.id)))


def is_dora_suppressed(runtime: Runtime) -> bool:
    with runtime.reading() as session:
        return session.scalar(select(suppression.Suppression.address_hash)) is not None


def test_a_bounce_by_lmtp_is_in_the_database_before_it_is_answered(runtime: Runtime, address: str, port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail("", [address], WIRE)
        client.sendmail("", [address], WIRE)  # a mail server that missed our answer comes again

    (row,) = rows(runtime)
    assert (row.source, row.known_by, row.effect) == (Source.LMTP, "verp", "suppressed")
    assert is_dora_suppressed(runtime)


def test_each_recipient_of_one_mail_has_an_answer(runtime: Runtime, address: str, port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("")
        accepted = [client.rcpt(one)[0] for one in (address, "fbl@example.com", "editor@example.com")]
        client.putcmd("DATA")
        client.getreply()
        client.send(WIRE + b"\r\n.\r\n")
        answers = [client.getreply()[0] for _ in range(2)]

    assert (accepted, answers) == ([250, 250, 550], [250, 250])


def test_with_the_database_away_the_mail_server_keeps_the_mail(
    runtime: Runtime, address: str, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OSError("no database")

    with monkeypatch.context() as patch, smtplib.LMTP("127.0.0.1", port) as client:
        patch.setattr(runtime, "writing", away)
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            client.sendmail("", [address], WIRE)

    assert refusal.value.smtp_code == 451
    assert rows(runtime) == []


def test_a_mailbox_is_read_from_where_it_was_left(runtime: Runtime, address: str) -> None:
    delivered = f"Delivered-To: {address}\n".encode()
    folder = imap.Folder({3: delivered + HARD, 5: reply("A letter to the desk")})
    with imap.running(folder):
        runtime.settings = runtime.settings.model_copy(update={"imap_url": folder.url})
        feedback.read_mailbox(runtime)
        folder.messages[9] = arf()
        runtime.redis.delete("pressrun:mailbox")
        feedback.read_mailbox(runtime)

    assert [(row.source, row.kind) for row in rows(runtime)] == [
        (Source.IMAP, "bounce"),
        (Source.IMAP, "other"),
        (Source.IMAP, "complaint"),
    ]
    assert folder.seen == {3, 5, 9}
    assert is_dora_suppressed(runtime)
    with runtime.reading() as session:
        assert session.scalars(select(Checkpoint.place)).one() == {"validity": 7, "uid": 9}


def test_a_folder_that_is_numbered_anew_is_read_again_and_changes_nothing(runtime: Runtime, address: str) -> None:
    folder = imap.Folder({30: f"Delivered-To: {address}\n".encode() + HARD})
    with imap.running(folder):
        runtime.settings = runtime.settings.model_copy(update={"imap_url": folder.url})
        for validity in (7, 8, 8):
            folder.validity, folder.messages = validity, {validity: next(iter(folder.messages.values()))}
            runtime.redis.delete("pressrun:mailbox")
            feedback.read_mailbox(runtime)

    assert len(rows(runtime)) == 1


def test_a_mailbox_that_is_away_stops_nothing(runtime: Runtime) -> None:
    runtime.settings = runtime.settings.model_copy(update={"imap_url": f"imap://otto:secret@127.0.0.1:{ports.next_free(18999)}/INBOX"})

    feedback.read_mailbox(runtime)

    assert rows(runtime) == []


def test_an_address_that_was_refused_while_sending_is_not_mailed_again(runtime: Runtime, address: str) -> None:
    with runtime.writing() as session:
        delivery = session.scalars(select(Delivery)).one()
        for reason, outcome in (("policy", "deferred"), ("full", "refused"), ("unknown_user", "refused")):
            values = {"issue_id": delivery.issue_id, "subscriber_id": delivery.subscriber_id, "at": clock.now()}
            session.add(Attempt(phase="rcpt", code=550, enhanced="5.1.1", text="no", outcome=outcome, reason=reason, **values))

    feedback.take_refusals(runtime)
    feedback.take_refusals(runtime)

    assert [(row.reason, row.effect) for row in rows(runtime)] == [("full", "counted"), ("unknown_user", "suppressed")]
    assert is_dora_suppressed(runtime)


def test_a_letter_refused_for_its_content_while_sending_is_an_alarm_and_no_readers_fault(runtime: Runtime, address: str) -> None:
    with runtime.writing() as session:
        delivery = session.scalars(select(Delivery)).one()
        values = {"issue_id": delivery.issue_id, "subscriber_id": delivery.subscriber_id, "at": clock.now()}
        session.add(Attempt(phase="data", code=554, enhanced="5.6.0", text="no", outcome="refused", reason="content", **values))

    feedback.take_refusals(runtime)

    assert [(row.reason, row.action, row.effect) for row in rows(runtime)] == [("content", "alarm", "")]
    assert not is_dora_suppressed(runtime)
