"""The long-running process that takes bounces, complaints and mailto unsubscribes by LMTP (RFC 2033) from the mail server beside it.

A mail is answered with 250 only after it is in the database; with the database away the mail server keeps it and comes again.
"""

import asyncio
import logging
import signal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.core import logs, settings
from service.core.settings import Settings
from service.feedback import intake
from service.feedback.models import Source
from service.runtime import Runtime

LARGEST_MAIL = 26 * 1024 * 1024  # bytes
AT_ONCE = 4  # mails that are classified and written at the same time

log = logs.get(__name__)


class Dialogue(LMTP):
    """LMTP that is patient with long lines: what comes back is other people's writing."""

    line_length_limit = 64 * 1024


class Door:
    """Takes mail for our own addresses, for no others."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._places = asyncio.Semaphore(AT_ONCE)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Refuse at once what is no bounce, leaving or complaint address: it is spam, or a letter to somebody."""
        if not intake.may_be_ours(address):
            return "550 5.1.1 no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """One reply for each recipient, as LMTP wants it; all the same, for it is one transaction."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content or "").encode()
        recipients = [str(address) for address in envelope.rcpt_tos]
        async with self._places:
            try:
                await asyncio.to_thread(self._keep, content, recipients)
                reply = "250 2.0.0 kept"
            except Exception as failure:  # noqa: BLE001 - whatever it was, the mail server keeps the mail and comes again
                log.warning("a returned mail waits", reason=type(failure).__name__, remedy="the mail server tries again")
                reply = "451 4.3.0 cannot keep it now"
        return "\r\n".join([reply] * max(1, len(recipients)))

    def _keep(self, content: bytes, recipients: list[str]) -> None:
        arrival = intake.of_mail(content, Source.LMTP, recipients)
        with self._runtime.writing() as session:
            intake.receive(session, self._runtime.signer, arrival)


def make_server(door: Door, loop: asyncio.AbstractEventLoop) -> SMTP:
    """One connection's LMTP dialogue."""
    return Dialogue(door, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="bounces.pressrun", ident="Pressrun", loop=loop)


async def serve(runtime: Runtime, config: Settings) -> None:
    """Listen until SIGTERM or SIGINT."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    door = Door(runtime)
    server = await loop.create_server(lambda: make_server(door, loop), config.lmtp_host, config.lmtp_port)
    async with server:
        log.info("bounce listener started", port=config.lmtp_port)
        await ended.wait()


def main() -> None:
    config = settings.load()
    logs.configure(config)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's: it would write down every command with its addresses (F19)
    asyncio.run(serve(Runtime(config), config))


if __name__ == "__main__":
    main()
