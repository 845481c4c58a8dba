"""The envelope commands of one message and the reasons why a relay could never take it. Pure."""

import re
from collections.abc import Callable

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Capabilities, Envelope, Result

Command = Callable[[Envelope], bytes]

_UNSAFE = re.compile("[\\x00-\\x20\\x7f<>\\u0085\\u2028\\u2029\\ud800-\\udfff]")
_USUAL = re.compile(r"[A-Za-z0-9@._+=-]{3,254}")
"""Nearly every address: nothing in it needs a closer look."""
LONGEST_PATH = 256
"""Octets with the angle brackets (RFC 5321 section 4.5.3.1.3)."""


def commands(envelope: Envelope, content: bytes, capabilities: Capabilities) -> tuple[bytes, bytes, bytes]:
    """MAIL, RCPT and DATA, with the parameters the relay has offered and the message needs."""
    mail = f"MAIL FROM:<{envelope.mail_from}>"
    if capabilities.size is not None:
        mail += f" SIZE={len(content)}"
    if capabilities.eight_bit and not content.isascii():
        mail += " BODY=8BITMIME"
    if capabilities.smtputf8 and not (envelope.mail_from + envelope.rcpt_to).isascii():
        mail += " SMTPUTF8"
    return mail.encode() + b"\r\n", rcpt(envelope), data(envelope)


def rcpt(envelope: Envelope) -> bytes:
    return f"RCPT TO:<{envelope.rcpt_to}>\r\n".encode()


def data(envelope: Envelope) -> bytes:
    return b"DATA\r\n"


def impossible(envelope: Envelope, content: bytes, capabilities: Capabilities) -> Result | None:
    """Why this message cannot be offered on this connection (A23 to A25), settled before anything is said; None if it can."""
    if not (_USUAL.fullmatch(envelope.mail_from) and _USUAL.fullmatch(envelope.rcpt_to)):
        fault = _fault(envelope, capabilities)
        if fault is not None:
            return _result(Outcome.REFUSED, Reason.BAD_ADDRESS, fault)
    if capabilities.size is not None and len(content) > capabilities.size:
        return _result(Outcome.REFUSED, Reason.SIZE, f"{len(content)} octets, the mail server takes {capabilities.size}")
    if not capabilities.eight_bit and not content.isascii():
        return _result(Outcome.DEFERRED, Reason.RELAY, "the message is 8bit and the mail server does not offer 8BITMIME")
    return None


def _fault(envelope: Envelope, capabilities: Capabilities) -> str | None:
    """What is wrong with the addresses of an envelope."""
    for address in (envelope.mail_from, envelope.rcpt_to):
        if _UNSAFE.search(address) or len(address.encode()) > LONGEST_PATH - 2:
            return f"not an address that can be sent: {address!r}"[:200]
    if not envelope.rcpt_to:
        return "there is no recipient"
    if not capabilities.smtputf8 and not (envelope.mail_from + envelope.rcpt_to).isascii():
        return "the mail server does not take addresses beyond ASCII (SMTPUTF8)"
    return None


def _result(outcome: Outcome, reason: Reason, text: str) -> Result:
    return Result(outcome, reason, Phase.ENVELOPE, text=text)
