"""Lines as Postfix writes them."""

from datetime import UTC, datetime

from service.core.signing import Signer
from service.tracking import tokens
from tests.support.factories import SIGNER

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
ada, ben = (1, 1), (1, 2)


def line(program: str, text: str, *, at: datetime = NOW, is_classic: bool = False) -> str:
    """One line of the mail log."""
    stamp = f"{at.astimezone():%b %e %H:%M:%S}" if is_classic else at.isoformat()
    return f"{stamp} relay postfix/{program}[4711]: {text}"


def named(queue_id: str, pair: tuple[int, int], *, signer: Signer = SIGNER, **when: object) -> str:
    """cleanup has read the headers."""
    return line("cleanup", f"{queue_id}: message-id={tokens.message_id(signer, *pair, 'news.example.com')}", **when)  # type: ignore[arg-type]


def queued(queue_id: str, **when: object) -> str:
    """The mail is in the queue: the relay has it."""
    return line("qmgr", f"{queue_id}: from=<b+x@news.example.com>, size=55120, nrcpt=1 (queue active)", **when)  # type: ignore[arg-type]


def status(queue_id: str, status: str, dsn: str, words: str, **when: object) -> str:
    """What became of it."""
    to = "to=<reader@naver.com>, relay=mx.naver.com[192.0.2.1]:25, delay=0.2, delays=0.1/0/0/0.1"
    return line("smtp", f"{queue_id}: {to}, dsn={dsn}, status={status} ({words})", **when)  # type: ignore[arg-type]


def rejected(pair: tuple[int, int], answer: str, **when: object) -> str:
    """Turned away before it had a queue id."""
    sender = f"from=<b+{tokens.verp(SIGNER, *pair)}@news.example.com>"
    text = f"NOQUEUE: reject: RCPT from localhost[127.0.0.1]: {answer}; {sender} to=<reader@naver.com> proto=ESMTP helo=<localhost>"
    return line("smtpd", text, **when)  # type: ignore[arg-type]


def lines_of(pair: tuple[int, int], queue_id: str, *, signer: Signer = SIGNER, **when: object) -> list[str]:
    """A mail's whole way through the relay."""
    connect = line("smtpd", f"{queue_id}: client=localhost[127.0.0.1]", **when)  # type: ignore[arg-type]
    removed = line("qmgr", f"{queue_id}: removed", **when)  # type: ignore[arg-type]
    sent = status(queue_id, "sent", "2.0.0", "250 2.0.0 Ok", **when)
    return [connect, named(queue_id, pair, signer=signer, **when), queued(queue_id, **when), sent, removed]
