"""Builders of whole mails as mail systems make them, and of what a careful reader says each of them is."""

import base64
import quopri
from dataclasses import dataclass

DORA = "dora@reader.test"
ADDRESS = "b+k3x7m2qa@bounces.news.example.test"

ORIGINAL_HEADERS = f"""Return-Path: <{ADDRESS}>
Received: from news.example.test (news.example.test [192.0.2.25])
\tby relay.example.test (Postfix) with ESMTPS id 4XkQ2f3Tz1
\tfor <{DORA}>; Tue, 10 Nov 2026 07:00:12 +0900 (KST)
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=news.example.test;
\ts=p1; h=From:To:Subject:List-Unsubscribe; bh=47DEQpj8HBSa==; b=abc
From: =?utf-8?b?7JWE7Lmo7Y647KeA?= <post@news.example.test>
To: {DORA}
Subject: =?utf-8?b?7Iqk7Yy47ZWo7J20IOqwgOuTnSDssKwg64Kg?=
Date: Tue, 10 Nov 2026 07:00:10 +0900
Message-ID: <d5b1c9e02.41@news.example.test>
List-Id: Morning Post <morning.news.example.test>
List-Unsubscribe: <https://news.example.test/u/abc>, <mailto:u+abc@bounces.news.example.test?subject=unsubscribe>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Feedback-ID: issue41:ko:news:post1
Precedence: bulk
MIME-Version: 1.0
"""

ORIGINAL = (
    ORIGINAL_HEADERS
    + """Content-Type: multipart/alternative; boundary="alt41"

--alt41
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Why the mailbox is full: user unknown, account disabled, spam blocked, out of office.
Unsubscribe: https://news.example.test/u/abc  수신거부
--alt41
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<p>Why the mailbox is full: user unknown, account disabled, spam blocked.</p><a href="https://news.example.test/u/abc">수신거부</a>
--alt41--
"""
)


@dataclass(frozen=True)
class Sample:
    """One mail and what it is; `status` and `recipient` are "" where the mail does not tell."""

    name: str
    raw: bytes
    kind: str
    reason: str
    hard: bool
    status: str
    recipient: str
    action: str


def word(text: str, charset: str = "utf-8") -> str:
    """An encoded word of RFC 2047."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def body(text: str, charset: str = "utf-8", coding: str = "8bit", kind: str = "text/plain") -> bytes:
    """The header lines and content of one text part; `coding` is 8bit, base64 or quoted-printable."""
    content = text.encode(charset)
    if coding == "base64":
        content = base64.encodebytes(content)
    elif coding == "quoted-printable":
        content = quopri.encodestring(content)
    return f"Content-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {coding}\n\n".encode() + content


def mail(headers: str, text: str, charset: str = "utf-8", coding: str = "8bit", kind: str = "text/plain") -> bytes:
    """A mail of one part."""
    return headers.strip("\n").encode() + b"\nMIME-Version: 1.0\n" + body(text, charset, coding, kind)


def parts(headers: str, kind: str, *contents: bytes, boundary: str = "----=_next_7f3a") -> bytes:
    """A mail of several parts; each content begins with its own header lines."""
    head = headers.strip("\n") + f'\nMIME-Version: 1.0\nContent-Type: {kind};\n\tboundary="{boundary}"\n\n'
    joined = b"".join(f"--{boundary}\n".encode() + content.rstrip(b"\n") + b"\n\n" for content in contents)
    return head.encode() + b"This is a MIME-encapsulated message.\n\n" + joined + f"--{boundary}--\n".encode()


def part(kind: str, content: str) -> bytes:
    """A part with a content type of its own."""
    return f"Content-Type: {kind}\n\n{content.lstrip()}".encode()


def report(
    headers: str,
    words: bytes | str,
    fields: str,
    *,
    returned: str = ORIGINAL,
    returned_kind: str = "message/rfc822",
    fields_kind: str = "message/delivery-status",
    kind: str = "multipart/report; report-type=delivery-status",
) -> bytes:
    """A delivery status notification (RFC 3464): words, fields, and what was returned."""
    first = body(words) if isinstance(words, str) else words
    rest = [part(returned_kind, returned)] if returned else []
    return parts(headers, kind, first, part(fields_kind, fields), *rest)


def bounce(name: str, raw: bytes, reason: str, status: str = "", *, action: str, recipient: str = DORA) -> Sample:
    """A failed delivery; `suppress` and `confirm` are the actions of hard ones."""
    return Sample(name, raw, "bounce", reason, action in ("suppress", "confirm"), status, recipient, action)


def other(name: str, raw: bytes, kind: str, reason: str, action: str, *, recipient: str = DORA, status: str = "") -> Sample:
    """Whatever is no failed delivery."""
    return Sample(name, raw, kind, reason, False, status, recipient, action)


def delayed(name: str, raw: bytes, status: str = "", recipient: str = DORA) -> Sample:
    """Still being tried (D9)."""
    return other(name, raw, "other", "delayed", "ignore", recipient=recipient, status=status)


def auto(name: str, raw: bytes, recipient: str = DORA) -> Sample:
    """Nobody wrote it (D8)."""
    return other(name, raw, "auto_reply", "auto_reply", "ignore", recipient=recipient)


def leave(name: str, raw: bytes, recipient: str = DORA) -> Sample:
    """The sender wants no more letters."""
    return other(name, raw, "unsubscribe", "unsubscribe", "unsubscribe", recipient=recipient)


def person(name: str, raw: bytes, recipient: str = DORA) -> Sample:
    """A letter that somebody wrote."""
    return other(name, raw, "other", "other", "ignore", recipient=recipient)
