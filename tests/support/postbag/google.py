"""What Gmail sends back."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL,
    Sample,
    body,
    bounce,
    delayed,
    mail,
    part,
    parts,
    word,
)

_GMAIL = f"""Return-Path: <>
Received: by 2002:a05:6a21:3299:b0:1db:e42b:b0b6 with SMTP id yt25csp; Mon, 9 Nov 2026 14:00:20 -0800 (PST)
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: {ADDRESS}
Auto-Submitted: auto-replied
References: <d5b1c9e02.41@news.example.test>
In-Reply-To: <d5b1c9e02.41@news.example.test>
X-Failed-Recipients: {DORA}
Message-ID: <6731a2f4.170a0220.1ab.GMR@mx.google.com>
Date: Mon, 9 Nov 2026 14:00:20 -0800 (PST)
"""


def _google(subject: str, headline: str, answer: str, status: str, *, action: str = "failed", diagnostic: str = "") -> bytes:
    text = f"""
** {headline} **

{answer}

Learn more at https://support.google.com/mail/?p=NoSuchUser
"""
    page = f"<html><body><table><tr><td><h2>{headline}</h2></td></tr><tr><td>{answer}</td></tr></table></body></html>"
    related = parts("X-Part: related", "multipart/alternative", body(text), body(page, kind="text/html"), boundary="alt_1")
    fields = f"""Reporting-MTA: dns; googlemail.com
Received-From-MTA: dns; post@news.example.test
Arrival-Date: Mon, 09 Nov 2026 14:00:13 -0800 (PST)
X-Original-Message-ID: <d5b1c9e02.41@news.example.test>

Final-Recipient: rfc822; {DORA}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.reader.test. (203.0.113.4, the server for the domain reader.test.)
Diagnostic-Code: smtp; {diagnostic or answer}
Last-Attempt-Date: Mon, 09 Nov 2026 14:00:20 -0800 (PST)
"""
    return parts(
        _GMAIL + f"Subject: {subject}",
        "multipart/report; report-type=delivery-status",
        related,
        part("message/delivery-status", fields),
        part("message/rfc822", ORIGINAL),
        boundary="000000000000f3a1",
    )


def samples() -> list[Sample]:
    return [
        bounce(
            "gmail-address-not-found",
            _google(
                "Delivery Status Notification (Failure)",
                "Address not found",
                "Your message wasn't delivered to dora@reader.test because the address couldn't be found, or is unable to receive mail.",
                "5.1.1",
                diagnostic="550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the recipient's email address for typos or\n 550 5.1.1 unnecessary spaces. https://support.google.com/mail/?p=NoSuchUser",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "gmail-domain-not-found",
            _google(
                "Delivery Status Notification (Failure)",
                "Address not found",
                "Your message wasn't delivered to dora@reader.test because the domain reader.test couldn't be found.",
                "4.0.0",
                diagnostic="DNS Error: DNS type 'mx' lookup of reader.test responded with code NXDOMAIN\n Domain name not found: reader.test",
            ),
            "unknown_host",
            "4.0.0",
            action="suppress",
        ),
        bounce(
            "gmail-null-mx",
            _google(
                "Delivery Status Notification (Failure)",
                "Message not delivered",
                "The domain reader.test doesn't accept email.",
                "5.1.10",
                diagnostic="The recipient domain reader.test accepts no mail because it publishes a null MX record",
            ),
            "does_not_accept_mail",
            "5.1.10",
            action="suppress",
        ),
        bounce(
            "gmail-inbox-full-korean",
            _google(
                word("전송 상태 알림(실패)"),
                "받는사람의 받은편지함이 가득 참",
                "dora@reader.test님의 받은편지함이 가득 찼거나 현재 메일을 너무 많이 받고 있어 메일이 전송되지 않았습니다.",
                "4.2.2",
                diagnostic="452-4.2.2 The recipient's inbox is out of storage space. Please direct the\n 452 4.2.2 recipient to https://support.google.com/mail/?p=OverQuotaTemp",
            ),
            "full",
            "4.2.2",
            action="count",
        ),
        delayed(
            "gmail-delay",
            _google(
                "Delivery Status Notification (Delay)",
                "Delivery incomplete",
                "There was a temporary problem delivering your message to dora@reader.test. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.",
                "4.4.1",
                action="delayed",
                diagnostic="The recipient server did not accept our requests to connect. [mx.reader.test 203.0.113.4: timed out]",
            ),
            "4.4.1",
        ),
        bounce(
            "gmail-connection-failed",
            _google(
                "Delivery Status Notification (Failure)",
                "Message not delivered",
                "There was a problem delivering your message to dora@reader.test. See the technical details below.",
                "4.4.1",
                diagnostic="The recipient server did not accept our requests to connect. Learn more at https://support.google.com/mail/answer/7720 [mx.reader.test 203.0.113.4: timed out]",
            ),
            "network",
            "4.4.1",
            action="log",
        ),
        bounce(
            "gmail-inactive",
            _google(
                "Delivery Status Notification (Failure)",
                "Message not delivered",
                "The account dora@reader.test is inactive.",
                "5.2.1",
                diagnostic="550 5.2.1 The email account that you tried to reach is inactive. For more information, go to https://support.google.com/mail/?p=DisabledUser",
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
        bounce(
            "gmail-english-text-only",
            mail(
                _GMAIL + "Subject: Delivery Status Notification (Failure)",
                "Delivery to the following recipient failed permanently:\n\n     dora@reader.test\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain reader.test by mx.reader.test. [203.0.113.4].\n\nThe error that the other server returned was:\n550 5.1.1 <dora@reader.test>: Recipient address rejected: User unknown in local recipient table\n\n----- Original message -----\n\n"
                + ORIGINAL,
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
    ]
