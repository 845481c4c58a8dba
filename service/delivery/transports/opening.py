"""From the operator's address of the way out to a Transport: `smtp://`, `smtps://` or `file://`."""

import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.core.errors import Invalid
from service.delivery.transports import relay
from service.delivery.transports.file import FileTransport
from service.delivery.transports.protocol import Transport
from service.delivery.transports.smtp import SmtpTransport
from service.delivery.transports.smtp_connection import Patience


def open_transport(
    url: str, *, connections: int = 4, hello_name: str = "localhost", ca_file: str | None = None, reply_seconds: float = 600.0
) -> Transport:
    """The Transport for `url`; nothing is connected yet, so a server that is away is found by `send`.

    `ca_file` (PEM) replaces the system's authorities; `reply_seconds` is the patience with the reply to a final dot, and the most with any
    other. Raises Invalid for an address that cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
            raise Invalid("the folder for mails must be an absolute path", remedy="write it like file:///srv/pressrun/mails")
        return FileTransport(Path(unquote(parts.path)))
    return SmtpTransport(
        relay.parse(url),
        connections=connections,
        hello_name=hello_name,
        context=ssl.create_default_context(cafile=ca_file),
        patience=Patience.at_most(reply_seconds),
    )
