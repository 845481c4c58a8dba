"""Dot-stuffing: between a message as it is and the form in which DATA carries it (RFC 5321 section 4.5.2). Pure."""


def stuffed(message: bytes) -> bytes:
    """The form in which DATA carries a message with CRLF lines; it always ends in CRLF."""
    wire = message.replace(b"\r\n.", b"\r\n..")
    if wire.startswith(b"."):
        wire = b"." + wire
    return wire if wire.endswith(b"\r\n") else wire + b"\r\n"


def unstuffed(wire: bytes) -> bytes:
    """The message as it is."""
    plain = wire.replace(b"\r\n.", b"\r\n")
    return plain[1:] if plain.startswith(b".") else plain
