"""`pressrun catcher`: a mail server on this machine that accepts every mail and keeps it in `var/mail`; it sends nothing on."""

import asyncio
import contextlib
import itertools
import os
import signal
import time
from pathlib import Path
from typing import Any

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.core import settings
from service.core.settings import Settings

HOST = "127.0.0.1"  # never another: it takes mail for anybody from anybody
LARGEST_MAIL = 32 * 1024 * 1024  # bytes


@click.command()
def catcher() -> None:
    """The local mail server that keeps mails instead of sending them."""
    chosen = settings.load()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen))


async def serve(settings: Settings) -> None:
    """Listen on the catcher's port until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    keeper = Keeper(folder(settings))
    server = await loop.create_server(lambda: make_server(keeper, loop), HOST, settings.catcher_port)
    async with server:
        await ended.wait()


def folder(settings: Settings) -> Path:
    """The Maildir that the mails are kept in."""
    return settings.var_dir / "mail"


def make_server(keeper: "Keeper", loop: asyncio.AbstractEventLoop) -> SMTP:
    """One connection's SMTP dialogue."""
    ident, hostname = "Pressrun catcher", "catcher.localhost"
    return SMTP(keeper, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname=hostname, ident=ident, loop=loop)


class Keeper:
    """Writes each mail into the Maildir, byte for byte as it came, under two lines with the envelope."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer PIPELINING too: aiosmtpd reads command by command from a buffered stream, so it was always able to."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail; it is accepted when it stands in the folder, and asked to come again when it cannot."""
        try:
            self._keep(envelope.mail_from or "", [str(address) for address in envelope.rcpt_tos], _bytes(envelope.content))
        except OSError as failure:
            return f"452 4.3.1 cannot keep it now: {failure.strerror}"
        return "250 2.0.0 kept"

    def _keep(self, sender: str, recipients: list[str], content: bytes) -> None:
        name = f"{time.time():.6f}.{os.getpid()}_{next(self._numbers)}.catcher"
        head = f"Return-Path: <{sender}>\r\nDelivered-To: {', '.join(recipients)}\r\n".encode()
        draft = self._folder / "tmp" / name
        try:
            draft.write_bytes(head + content)
            draft.rename(self._folder / "new" / name)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content or "").encode()
