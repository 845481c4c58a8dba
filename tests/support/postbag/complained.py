"""Complaints of the feedback loops, in the abuse reporting format (RFC 5965) and beside it."""

from tests.support.postbag.building import ADDRESS, DORA, ORIGINAL, ORIGINAL_HEADERS, Sample, body, mail, other, part, parts


def _arf(
    sender: str,
    subject: str,
    words: str,
    fields: str,
    returned: str = ORIGINAL,
    kind: str = "message/rfc822",
    report: str = "message/feedback-report",
) -> bytes:
    contents = [body(words, "us-ascii", "8bit"), part(report, fields)]
    if returned:
        contents.append(part(kind, returned))
    return parts(
        f"Return-Path: <{sender}>\nFrom: {sender}\nTo: fbl@news.example.test\nSubject: {subject}\nDate: Tue, 10 Nov 2026 09:12:00 +0000",
        "multipart/report; report-type=feedback-report",
        *contents,
    )


def _complaint(name: str, raw: bytes, reason: str = "abuse", action: str = "suppress", recipient: str = DORA) -> Sample:
    return other(name, raw, "complaint", reason, action, recipient=recipient)


def samples() -> list[Sample]:
    aol = ORIGINAL.replace(DORA, "redacted@aol.example.test")
    return [
        _complaint(
            "yahoo-arf",
            _arf(
                "feedback@arf.mail.yahoo.com",
                "Morning Post",
                "This is an email abuse report for an email message from news.example.test on Mon, 09 Nov 2026 22:00:12 +0000\n",
                f"Feedback-Type: abuse\nUser-Agent: Yahoo!-Mail-Feedback/2.0\nVersion: 0.1\nOriginal-Mail-From: <{ADDRESS}>\nOriginal-Rcpt-To: {DORA}\nReceived-Date: Mon, 09 Nov 2026 22:00:12 +0000\nSource-IP: 192.0.2.25\nReported-Domain: news.example.test\nAuthentication-Results: mta1.yahoo.example.test; dkim=pass\n",
            ),
        ),
        _complaint(
            "aol-arf-redacted",
            _arf(
                "scomp@aol.net",
                "Email Feedback Report for IP 192.0.2.25",
                "This is an email abuse report for an email message with the message-id of d5b1c9e02.41@news.example.test received from IP address 192.0.2.25.\n",
                "Feedback-Type: abuse\nUser-Agent: AOL SComp\nVersion: 0.1\nReceived-Date: Mon, 9 Nov 2026 22:00:12 -0500 (EST)\nSource-IP: 192.0.2.25\nReported-Domain: news.example.test\nRedacted-Address: redacted\nRedacted-Address: redacted@\n",
                aol,
            ),
            recipient="",
        ),
        _complaint(
            "outlook-jmrp",
            parts(
                "Return-Path: <staff@hotmail.com>\nFrom: staff@hotmail.com\nTo: fbl@news.example.test\nSubject: complaint about message from 192.0.2.25",
                "multipart/mixed",
                part("message/rfc822", f"X-HmXmrOriginalRecipient: {DORA}\nX-MS-Exchange-EOPDirect: true\n" + ORIGINAL),
            ),
        ),
        _complaint(
            "mailru-fbl",
            _arf(
                "fbl@corp.mail.ru",
                "Morning Post",
                "This is an email abuse report for an email message received from IP 192.0.2.25.\n",
                f"Feedback-Type: abuse\nUser-Agent: Mail.Ru-FBL/1.0\nVersion: 1\nOriginal-Rcpt-To: {DORA}\nArrival-Date: Tue, 10 Nov 2026 01:00:00 +0300\nSource-IP: 192.0.2.25\n",
                ORIGINAL_HEADERS,
                "text/rfc822-headers",
            ),
        ),
        _complaint(
            "fastmail-no-original",
            _arf(
                "fbl@messagingengine.example.test",
                "Abuse report",
                "This is a spam report for a message.\n",
                f"Feedback-Type: abuse\nUser-Agent: FastMail/1.0\nVersion: 1\nOriginal-Rcpt-To: rfc822; {DORA}\n",
                "",
            ),
        ),
        _complaint(
            "opt-out",
            _arf(
                "fbl@provider.test",
                "Opt-out report",
                "The user has asked to be removed.\n",
                f"Feedback-Type: opt-out\nUser-Agent: Feeder/2\nVersion: 1\nRemoval-Recipient: {DORA}\n",
            ),
            "opt-out",
            "unsubscribe",
        ),
        _complaint(
            "opt-out-list",
            _arf(
                "fbl@provider.test",
                "Opt-out report",
                "The user has asked to be removed.\n",
                f"Feedback-Type: Abuse\nUser-Agent: Feeder/2\nVersion: 1\nOriginal-Rcpt-To: <{DORA}>\n",
                report="text/plain",
            ),
        ),
        _complaint(
            "not-spam",
            _arf(
                "fbl@provider.test",
                "not spam",
                "The user moved this out of the spam folder.\n",
                f"Feedback-Type: not-spam\nUser-Agent: Feeder/2\nVersion: 1\nOriginal-Rcpt-To: <{DORA}>\n",
            ),
            "not-spam",
            "log",
        ),
        _complaint(
            "auth-failure",
            _arf(
                "noreply@dmarc.provider.test",
                "DMARC failure report",
                "This is an authentication failure report.\n",
                f"Feedback-Type: auth-failure\nUser-Agent: Lua/1.0\nVersion: 1\nOriginal-Mail-From: <{ADDRESS}>\nOriginal-Rcpt-To: <{DORA}>\nAuth-Failure: dmarc\nIdentity-Alignment: none\nSource-IP: 203.0.113.200\nReported-Domain: news.example.test\n",
                ORIGINAL_HEADERS,
                "text/rfc822-headers",
            ),
            "auth-failure",
            "alarm",
        ),
        _complaint(
            "fraud",
            _arf(
                "fbl@provider.test",
                "fraud report",
                "This is a fraud report.\n",
                f"Feedback-Type: fraud\nUser-Agent: Feeder/2\nVersion: 1\nOriginal-Rcpt-To: <{DORA}>\n",
            ),
            "fraud",
        ),
        _complaint(
            "arf-crlf-mixed",
            _arf(
                "abuse@provider.test",
                "Spam report",
                "This is an email abuse report.\n",
                f"Feedback-Type: abuse\nUser-Agent: Feeder/2\nVersion: 1\nOriginal-Rcpt-To: <{DORA}>\n",
            )
            .replace(b"multipart/report; report-type=feedback-report", b"multipart/mixed")
            .replace(b"\n", b"\r\n"),
        ),
        _complaint(
            "by-hand-spamcop",
            mail(
                "Return-Path: <1234@reports.spamcop.example.test>\nFrom: Dora <1234@reports.spamcop.example.test>\nTo: abuse@news.example.test\nSubject: [SpamCop (192.0.2.25) id:1234]Morning Post\nX-Mailer: SpamCop 5.4",
                "[ SpamCop V5.4.0 ]\nThis message is brief for your comfort.\n\nEmail from 192.0.2.25 / Mon, 9 Nov 2026 22:00:12 -0000\n\n[ Offending message ]\n"
                + ORIGINAL_HEADERS,
            ),
            recipient=DORA,
        ),
    ]
