"""Builders of mails that come back: delivery status reports, text-only bounces, complaints, replies. All addresses are of the cast."""

RETURNED = """Return-Path: <b+token@bounces.example.test>
Received: from news.example.test (news.example.test [192.0.2.9]) by relay.example.test; Mon, 3 Aug 2026 08:00:01 +0900
DKIM-Signature: v=1; a=rsa-sha256; d=news.example.test; s=one
From: Morning Post <post@news.example.test>
To: dora@reader.test
Subject: Spam filters explained, and who is blocked
Message-ID: <dabc.7@news.example.test>
MIME-Version: 1.0

This issue speaks of spam, of user unknown errors and of full mailboxes. Unsubscribe below.
"""


def dsn(
    status: str,
    diagnostic: str,
    *,
    action: str = "failed",
    words: str = "Your message could not be delivered.",
    recipient: str = "rfc822; dora@reader.test",
    kind: str = "message/delivery-status",
) -> bytes:
    """A report of three parts (RFC 3464) about one recipient."""
    report = f"Reporting-MTA: dns; mx.reader.test\n\nFinal-Recipient: {recipient}\nAction: {action}\nStatus: {status}\n"
    report += f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.reader.test (Mail Delivery System)\nTo: b+token@bounces.example.test\n"
        "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n\tboundary="=_b"\n\n'
        f"--=_b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n\n"
        f"--=_b\nContent-Type: {kind}\n\n{report}\n"
        f"--=_b\nContent-Type: message/rfc822\n\n{RETURNED}\n--=_b--\n"
    ).encode()


def text_bounce(words: str, *, sender: str = "MAILER-DAEMON@mx.reader.test", subject: str = "failure notice", more: str = "") -> bytes:
    """A bounce of text alone, with the returned message below a line that says so."""
    return (
        f"Return-Path: <>\nFrom: {sender}\nTo: b+token@bounces.example.test\nSubject: {subject}\n{more}"
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{words}\n\n"
        f"--- Below this line is a copy of the message.\n\n{RETURNED}"
    ).encode()


def arf(
    kind: str = "abuse", *, fields: str = "Original-Rcpt-To: <dora@reader.test>\n", sender: str = "feedback@arf.provider.test"
) -> bytes:
    """A complaint in the abuse reporting format (RFC 5965)."""
    return (
        f"From: {sender}\nTo: fbl@example.test\nSubject: FW: Morning Post\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"\n\n'
        "--b1\nContent-Type: text/plain\n\nThis is an email abuse report for a message received from 192.0.2.9.\n\n"
        f"--b1\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Feeder/1.0\nVersion: 1\n{fields}\n"
        f"--b1\nContent-Type: message/rfc822\n\n{RETURNED}\n--b1--\n"
    ).encode()


def reply(
    text: str, *, subject: str = "Re: Morning Post", more: str = "In-Reply-To: <dabc.7@news.example.test>\n", html: bool = False
) -> bytes:
    """What a person, or a program of theirs, answers."""
    kind = "text/html" if html else "text/plain"
    return (
        f"Return-Path: <dora@reader.test>\nFrom: Dora <dora@reader.test>\nTo: post@news.example.test\nSubject: {subject}\n{more}"
        f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n"
    ).encode()
