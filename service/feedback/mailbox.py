"""Reads an IMAP folder in which bounces and complaints collect: from a checkpoint of UIDVALIDITY and UID on, and deletes nothing (D12).

It fetches only; the caller keeps what came and the checkpoint in one transaction, and then has it marked as seen.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SECONDS = 30.0  # for every answer of the server
MOST = 200  # messages in one round
LARGEST = 26 * 1024 * 1024  # bytes; larger ones are no bounces

Failure = (imaplib.IMAP4.error, OSError)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read: everything up to `uid` of the numbering `validity` (RFC 3501 2.3.1.1)."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    place: Place
    raw: bytes


class Mailbox:
    """An open folder."""

    def __init__(self, connection: imaplib.IMAP4, validity: int) -> None:
        self._connection = connection
        self._validity = validity

    def since(self, place: Place) -> Iterator[Letter]:
        """The messages after `place`, oldest first, MOST at most; all of them where the server has numbered anew."""
        start = place.uid if place.validity == self._validity else 0
        _, found = self._connection.uid("SEARCH", f"UID {start + 1}:*")
        uids = sorted(int(uid) for uid in (found[0] or b"").split())
        # "n:*" always holds the last message, even where its number is below n
        for uid in [uid for uid in uids if uid > start][:MOST]:
            yield Letter(Place(self._validity, uid), self._fetch(uid))

    def mark_seen(self, place: Place) -> None:
        """Tell people who look into the folder what was read. Called after the commit; forgetting it loses nothing."""
        with suppress(imaplib.IMAP4.error):
            self._connection.uid("STORE", str(place.uid), "+FLAGS.SILENT", r"(\Seen)")

    def _fetch(self, uid: int) -> bytes:
        """The source; empty for what has gone meanwhile or is too large."""
        _, sizes = self._connection.uid("FETCH", str(uid), "(RFC822.SIZE)")
        size = re.search(rb"RFC822\.SIZE (\d+)", sizes[0] if sizes and isinstance(sizes[0], bytes) else b"")
        if size is None or int(size[1]) > LARGEST:
            return b""
        _, answer = self._connection.uid("FETCH", str(uid), "(BODY.PEEK[])")
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """The folder of `imaps://user:password@host:port/INBOX`. Raises one of `Failure` where it cannot be opened."""
    parts = urlsplit(url)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    connection = _connect(parts.hostname or "", parts.port, is_tls=parts.scheme == "imaps")
    try:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _ = connection.select(f'"{folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"there is no folder {folder}")
        _, validity = connection.response("UIDVALIDITY")
        yield Mailbox(connection, int(validity[0]) if validity and validity[0] else 1)
    finally:
        with suppress(*Failure):
            connection.logout()


def name_of(url: str) -> str:
    """What its checkpoint is called: user, host and folder, without the password."""
    parts = urlsplit(url)
    return f"imap:{parts.username}@{parts.hostname}:{parts.port or ''}{parts.path or '/INBOX'}"[:120]


def _connect(host: str, port: int | None, *, is_tls: bool) -> imaplib.IMAP4:
    if is_tls:
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=SECONDS)
    return imaplib.IMAP4(host, port or 143, timeout=SECONDS)
