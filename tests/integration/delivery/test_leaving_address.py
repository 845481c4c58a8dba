"""The mailto of List-Unsubscribe: an address of the reader's own where its mail reaches us, else the mailbox that people read (A5)."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from service.core.settings import Settings
from service.delivery.ledger.audience import Recipient
from service.delivery.sending.letters import Letters
from service.delivery.transports.protocol import Capabilities
from service.subscribers import tokens
from tests.support import factories
from tests.support.factories import SIGNER


def header(session: Session, settings: Settings) -> tuple[str, int, int]:
    """The header of Ada's copy as it goes out, and the ids of issue and reader."""
    letter = factories.newsletter(session, bounce_domain="bounces.example.com")
    ada = factories.reader(session, letter)
    issue = factories.issue(session, letter)
    compiled = factories.compiled_issue(session, issue)
    prepared = Letters(settings, SIGNER).letter(session, compiled.id)
    recipient = Recipient(ada.id, str(ada.email), ada.name, "ko", is_tracked=False, was_tracked=False, tries=0)
    sent = prepared.envelope(0, recipient, datetime(2026, 9, 14, tzinfo=UTC)).content(Capabilities())
    found = re.search(rb"^List-Unsubscribe: .*?\r\n(?! )", bytes(sent), re.MULTILINE | re.DOTALL)
    assert found
    return found[0].decode(), issue.id, ada.id


@pytest.mark.parametrize("changes", [{"bounces_arrive": True}, {"imap_url": "imaps://otto:secret@mail.example.com/INBOX"}])
def test_where_mail_reaches_us_the_address_is_the_readers_own(session: Session, settings: Settings, changes: dict[str, object]) -> None:
    text, issue_id, subscriber_id = header(session, settings.model_copy(update=changes))

    found = re.search(r"<mailto:u\+([a-z2-7]{44})@bounces\.example\.com\?subject=unsubscribe>", text)

    assert found
    assert tokens.read_leaving(SIGNER, found[1]) == (issue_id, subscriber_id)
    assert tokens.read(SIGNER, found[1]) is None


def test_elsewhere_it_is_the_mailbox_that_people_read(session: Session, settings: Settings) -> None:
    text, issue_id, subscriber_id = header(session, settings)

    found = re.search(r"<mailto:desk@letter\.example\.com\?subject=unsubscribe%20([\w-]{36})>", text)

    assert found
    assert tokens.read(SIGNER, found[1]) == (issue_id, subscriber_id)
