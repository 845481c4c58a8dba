"""The whole way of a reader through the workers: form, confirmation, welcome, leaving; and an import with its report."""

import email
import email.policy
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from service.accounts.models import Role
from service.core import jobs
from service.runtime import Runtime
from service.subscribers import confirming, consent_words, importing, lifecycle, queries, signing_up
from service.subscribers.models import Purpose, Subscriber
from tests.support import desk, factories
from tests.support.mailbox import Mailbox
from workers import subscribers
from workers.jobs import HANDLERS, work_off


@pytest.fixture
def mailbox(runtime: Runtime) -> Iterator[Mailbox]:
    """Where this runtime's mails arrive."""
    with Mailbox() as mailbox:
        runtime.settings = runtime.settings.model_copy(update={"smtp_url": mailbox.url})
        yield mailbox


def work(runtime: Runtime) -> None:
    """Do every job that is due, and those that they ask for."""
    for _ in range(10):
        with runtime.reading() as session:
            names = jobs.due_names(session)
        if not names:
            return
        for name in names:
            work_off(runtime, name)
    raise AssertionError("the jobs never end")


def texts(mailbox: Mailbox) -> list[str]:
    found = []
    for mail in mailbox.messages:
        message = email.message_from_bytes(mail.content, policy=email.policy.default)
        part = message.get_body(("plain",))  # type: ignore[attr-defined]
        found.append(f"{message['Subject']}\n{part.get_content()}")
    return found


def test_every_job_of_readers_has_its_function() -> None:
    asked_for = {signing_up.JOB, confirming.MAIL_JOB, subscribers.consent.NOTICE_JOB, importing.JOB, importing.FINISHED_JOB, "send_notice"}

    assert asked_for <= set(HANDLERS)


def test_reader_from_the_form_to_the_farewell(runtime: Runtime, mailbox: Mailbox) -> None:
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        words = {Purpose.NEWSLETTER: consent_words.words(Purpose.NEWSLETTER, "en", letter.name)}
        signing_up.ask(session, newsletter_id=letter.id, email="ada@naver.com", name="Ada", language="en", words=words)
    work(runtime)
    found = re.search(r"/confirm/(\S+)", texts(mailbox)[0])
    assert found
    with runtime.writing() as session:
        link = confirming.confirm(session, found[1])
    work(runtime)
    with runtime.writing() as session:
        lifecycle.unsubscribe(session, letter.id, link.subscriber_id, source="one-click", language="en")
    work(runtime)
    work(runtime)

    subjects = [text.splitlines()[0] for text in texts(mailbox)]
    assert subjects == [
        "[The Letter] Please confirm your subscription",
        "[The Letter] Welcome",
        "[The Letter] You have unsubscribed",
    ]
    assert {mail.rcpt_to for mail in mailbox.messages} == {("ada@naver.com",)}


def test_import_ends_with_a_mail_to_who_started_it(runtime: Runtime, mailbox: Mailbox) -> None:
    otto = desk.user(runtime, "Otto", Role.OPERATOR)
    content = b"email\nada@naver.com\nnot an address\n"
    content_hash = importing.keep(importing.folder(runtime.settings.var_dir), content)
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        row = importing.declare(
            session, newsletter_id=letter.id, user_id=otto.id, file_name="list.csv", contents=importing.look(content),
            content_hash=content_hash, source="paper", consented_on="2026-01-05",
        )  # fmt: skip
        importing.start(session, row.id, columns={"email": 0}, has_header=True, user_id=otto.id)

    work(runtime)

    assert "1 added, 0 were there already, 1 refused." in texts(mailbox)[0]
    assert mailbox.messages[0].rcpt_to == ("otto@example.com",)
    with runtime.reading() as session:
        assert queries.counts(session, letter.id).active == 1


def test_no_address_of_a_reader_reaches_the_log(runtime: Runtime, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]) -> None:
    mailbox.when("rcpt", "550 5.1.1 <ada@naver.com> no such user")
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        signing_up.ask(session, newsletter_id=letter.id, email="ada@naver.com", language="ko", words={Purpose.NEWSLETTER: "14"})

    work(runtime)

    assert "ada@naver" not in "".join(capfd.readouterr())
    with runtime.reading() as session:
        assert session.scalars(select(Subscriber.email)).all() == ["ada@naver.com"]
