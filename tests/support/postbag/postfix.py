"""What Postfix sends back, and reports that are broken, shortened or passed on."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL_HEADERS,
    Sample,
    body,
    bounce,
    delayed,
    other,
    part,
    parts,
    report,
)

_DAEMON = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.reader.test>\nTo: {ADDRESS}\n"
_POSTFIX = _DAEMON + "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied"
_INTRO = "This is the mail system at host mx.reader.test.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n                   The mail system\n\n"
_EXIM_WORDS = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"


def _postfix(words: str, status: str, diagnostic: str, action: str = "failed", subject: str = "") -> bytes:
    headers = _POSTFIX if not subject else _POSTFIX.replace("Undelivered Mail Returned to Sender", subject)
    return report(
        headers,
        body(_INTRO + words, "us-ascii", "8bit"),
        f"Reporting-MTA: dns; mx.reader.test\nX-Postfix-Queue-ID: 1F2A3C0041\nArrival-Date: Tue, 10 Nov 2026 07:00:12 +0900 (KST)\n\nFinal-Recipient: rfc822; {DORA}\nOriginal-Recipient: rfc822;{DORA}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n",
    )


def samples() -> list[Sample]:
    return [*_of_postfix(), *_broken()]


def _of_postfix() -> list[Sample]:
    return [
        bounce(
            "postfix-virtual-unknown",
            _postfix(f'<{DORA}>: unknown user: "dora"\n', "5.1.1", 'x-postfix; unknown user: "dora"'),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "postfix-host-not-found",
            _postfix(
                f"<{DORA}>: Host or domain name not found. Name service error for name=reader.test type=AAAA: Host not found\n",
                "5.4.4",
                "X-Postfix; Host or domain name not found. Name service error for name=reader.test type=AAAA: Host not found",
            ),
            "unknown_host",
            "5.4.4",
            action="suppress",
        ),
        bounce(
            "postfix-null-mx",
            _postfix(
                f"<{DORA}>: Domain reader.test does not accept mail (nullMX)\n",
                "5.1.0",
                "X-Postfix; Domain reader.test does not accept mail (nullMX)",
            ),
            "does_not_accept_mail",
            "5.1.0",
            action="suppress",
        ),
        bounce(
            "postfix-expired-connection",
            _postfix(
                f"<{DORA}>: connect to mx.reader.test[203.0.113.4]:25: Connection timed out\n",
                "4.4.1",
                "X-Postfix; connect to mx.reader.test[203.0.113.4]:25: Connection timed out",
            ),
            "network",
            "4.4.1",
            action="log",
        ),
        bounce(
            "postfix-greylisted-too-long",
            _postfix(
                f"<{DORA}>: host mx.reader.test[203.0.113.4] said: 450 4.2.0 <dora@reader.test>: Recipient address rejected: Greylisted, see http://postgrey.example.test/help/reader.test.html (in reply to RCPT TO command)\n",
                "4.2.0",
                "smtp; 450 4.2.0 <dora@reader.test>: Recipient address rejected: Greylisted",
            ),
            "greylist",
            "4.2.0",
            action="log",
        ),
        bounce(
            "postfix-spamhaus",
            _postfix(
                f"<{DORA}>: host mx.reader.test[203.0.113.4] said: 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.25 (in reply to RCPT TO command)\n",
                "5.7.1",
                "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org",
            ),
            "reputation",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "postfix-relay-denied",
            _postfix(
                f"<{DORA}>: host mx.reader.test[203.0.113.4] said: 554 5.7.1 <dora@reader.test>: Relay access denied (in reply to RCPT TO command)\n",
                "5.7.1",
                "smtp; 554 5.7.1 <dora@reader.test>: Relay access denied",
            ),
            "relay",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "postfix-spf",
            _postfix(
                f"<{DORA}>: host mx.reader.test[203.0.113.4] said: 550 5.7.23 <dora@reader.test>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why\n",
                "5.7.23",
                "smtp; 550 5.7.23 <dora@reader.test>: Recipient address rejected: Message rejected due to: SPF fail - not authorized.",
            ),
            "authentication",
            "5.7.23",
            action="alarm",
        ),
        bounce(
            "postfix-size",
            _postfix(
                f"<{DORA}>: message size 10485761 exceeds size limit 10240000 of server mx.reader.test[203.0.113.4]\n",
                "5.3.4",
                "X-Postfix; message size 10485761 exceeds size limit 10240000 of server mx.reader.test[203.0.113.4]",
            ),
            "size",
            "5.3.4",
            action="alarm",
        ),
        bounce(
            "postfix-quota-dovecot",
            _postfix(
                f"<{DORA}>: host mx.reader.test[/var/run/dovecot/lmtp] said: 552 5.2.2 <dora@reader.test> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)\n",
                "5.2.2",
                "smtp; 552 5.2.2 <dora@reader.test> Quota exceeded (mailbox for user is full)",
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "postfix-content-filter",
            _postfix(
                f"<{DORA}>: host 127.0.0.1[127.0.0.1] said: 554 5.7.0 Reject, id=12345-07 - BANNED: .exe,.exe-ms,news.exe (in reply to end of DATA command)\n",
                "5.7.0",
                "smtp; 554 5.7.0 Reject, id=12345-07 - BANNED: .exe,.exe-ms,news.exe",
            ),
            "content",
            "5.7.0",
            action="alarm",
        ),
        bounce(
            "postfix-sender-domain",
            _postfix(
                f"<{DORA}>: host mx.reader.test[203.0.113.4] said: 450 4.1.8 <b@bounces.news.example.test>: Sender address rejected: Domain not found (in reply to RCPT TO command)\n",
                "4.1.8",
                "smtp; 450 4.1.8 <b@bounces.news.example.test>: Sender address rejected: Domain not found",
            ),
            "sender",
            "4.1.8",
            action="alarm",
        ),
        delayed(
            "postfix-delay-warning",
            _postfix(
                f"####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<{DORA}>: connect to mx.reader.test[203.0.113.4]:25: Connection refused\n",
                "4.4.1",
                "X-Postfix; connect to mx.reader.test[203.0.113.4]:25: Connection refused",
                "delayed",
                "Delayed Mail (still being retried)",
            ),
            "4.4.1",
        ),
        other(
            "postfix-success",
            _postfix(
                f"<{DORA}>: delivery via local: delivered to mailbox\n",
                "2.0.0",
                "X-Postfix; delivered to mailbox",
                "delivered",
                "Successful Mail Delivery Report",
            ),
            "other",
            "delivered",
            "ignore",
            status="2.0.0",
        ),
        bounce(
            "postfix-alias-loop",
            _postfix(
                f"<{DORA}>: mail forwarding loop for dora@reader.test\n", "5.4.6", "X-Postfix; mail forwarding loop for dora@reader.test"
            ),
            "system",
            "5.4.6",
            action="log",
        ),
    ]


def _broken() -> list[Sample]:
    fields = f"Reporting-MTA: dns; mx.reader.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user here\n"
    return [
        bounce(
            "report-as-plain-text-part",
            report(_POSTFIX, "Delivery failed.", fields, fields_kind='text/plain; name="details.txt"', kind="multipart/mixed"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-as-attachment",
            report(
                _POSTFIX, "Delivery failed.", fields, fields_kind='application/octet-stream; name="details.dsn"', kind="multipart/mixed"
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-cut-in-the-middle",
            report(_POSTFIX, "Delivery failed.", fields)[:-1400],
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-without-blank-line-between-fields",
            report(_POSTFIX, "Delivery failed.", fields.replace("\n\n", "\n"), returned=""),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-lower-case-crlf",
            report(_POSTFIX, "Delivery failed.", fields.lower()).replace(b"\n", b"\r\n"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "bounce-forwarded-inside",
            parts(
                f"Return-Path: <postmaster@gateway.test>\nFrom: postmaster@gateway.test\nTo: {ADDRESS}\nSubject: Fwd: Undelivered Mail Returned to Sender",
                "multipart/mixed",
                body("The notice below came back to our gateway.\n"),
                b"Content-Type: message/rfc822\n\n" + report(_POSTFIX, "Delivery failed.", fields),
                boundary="outer_1",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-utf8-global",
            report(
                _POSTFIX,
                "배달하지 못했습니다.",
                "Reporting-MTA: dns; mx.reader.test\n\nOriginal-Recipient: utf-8; 도라@reader.test\nFinal-Recipient: utf-8; 도라@reader.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 mailbox unknown\n",
                fields_kind="message/global-delivery-status",
                returned_kind="message/global",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
            recipient="도라@reader.test",
        ),
        bounce(
            "report-base64-fields",
            parts(
                _POSTFIX,
                "multipart/report; report-type=delivery-status",
                body("Delivery failed."),
                body(fields, "us-ascii", "base64", "message/delivery-status"),
                part("text/rfc822-headers", ORIGINAL_HEADERS),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "report-original-recipient-differs",
            report(
                _POSTFIX,
                "Delivery failed.",
                "Reporting-MTA: dns; mx.forward.test\n\nOriginal-Recipient: rfc822; dora@reader.test\nFinal-Recipient: rfc822; d.kim@forward.test\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
            recipient="d.kim@forward.test",
        ),
    ]
