"""What relays say of Gmail, Yahoo, AOL and Apple, and what those send back."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL,
    ORIGINAL_HEADERS,
    Sample,
    bounce,
    mail,
    report,
)

_POSTFIX = f"""Return-Path: <>
Received: by relay.example.test (Postfix) id 4XkQ2h1; Tue, 10 Nov 2026 07:00:15 +0900 (KST)
Date: Tue, 10 Nov 2026 07:00:15 +0900 (KST)
From: MAILER-DAEMON@relay.example.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {ADDRESS}
Auto-Submitted: auto-replied
Message-Id: <4XkQ2h1@relay.example.test>
"""

_WORDS = """This is the mail system at host relay.example.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

For further assistance, please send mail to postmaster.

If you do so, please include this problem report. You can
delete your own text from the attached returned message.

                   The mail system

"""


def _relayed(status: str, answer: str, host: str, recipient: str = DORA) -> bytes:
    return report(
        _POSTFIX,
        f"{_WORDS}<{recipient}>: host {host} said: {answer}\n    (in reply to end of DATA command)\n",
        f"""Reporting-MTA: dns; relay.example.test
X-Postfix-Queue-ID: 4XkQ2f3Tz1
X-Postfix-Sender: rfc822; {ADDRESS}
Arrival-Date: Tue, 10 Nov 2026 07:00:12 +0900 (KST)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: failed
Status: {status}
Remote-MTA: dns; {host}
Diagnostic-Code: smtp; {answer}
""",
        returned=ORIGINAL_HEADERS,
        returned_kind="text/rfc822-headers",
    )


def samples() -> list[Sample]:
    return [*_about_google(), *_yahoo(), *_apple()]


def _about_google() -> list[Sample]:
    mx = "gmail-smtp-in.l.google.com[203.0.113.26]"
    return [
        bounce(
            "relay-gmail-unauthenticated",
            _relayed(
                "5.7.26",
                "550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. 550-5.7.26 550-5.7.26 Authentication results: 550-5.7.26 DKIM = did not pass 550 5.7.26 SPF [news.example.test] with ip: [192.0.2.25] = did not pass",
                mx,
            ),
            "authentication",
            "5.7.26",
            action="alarm",
        ),
        bounce(
            "relay-gmail-unsolicited",
            _relayed(
                "5.7.1",
                "550-5.7.1 [192.0.2.25      12] Gmail has detected that this message is likely 550-5.7.1 unsolicited mail. To reduce the amount of spam sent to Gmail, this 550-5.7.1 message has been blocked. For more information, go to 550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError d2e1a72",
                mx,
            ),
            "spam",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "relay-gmail-rate-of-recipient",
            _relayed(
                "4.2.1",
                "450-4.2.1 The user you are trying to contact is receiving mail at a rate that 450-4.2.1 prevents additional messages from being delivered. Please resend your 450-4.2.1 message at a later time. 450 4.2.1 https://support.google.com/mail/?p=ReceivingRatePerm",
                mx,
            ),
            "rate",
            "4.2.1",
            action="log",
        ),
        bounce(
            "relay-gmail-reputation-domain",
            _relayed(
                "5.7.1",
                "550-5.7.1 [192.0.2.25] Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain. To best protect our users from spam, the message has been blocked. 550 5.7.1 https://support.google.com/mail/answer/188131",
                mx,
            ),
            "reputation",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "relay-gmail-over-quota",
            _relayed(
                "5.2.2",
                "552-5.2.2 The recipient's inbox is out of storage space and inactive. Please direct 552-5.2.2 the recipient to 552 5.2.2  https://support.google.com/mail/?p=OverQuotaPerm",
                mx,
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "relay-gmail-virus",
            _relayed(
                "5.7.0",
                "552-5.7.0 This message was blocked because its content presents a potential 552-5.7.0 security issue. To review our message content and attachment content 552 5.7.0 guidelines, go to https://support.google.com/mail/?p=BlockedMessage",
                mx,
            ),
            "content",
            "5.7.0",
            action="alarm",
        ),
    ]


def _yahoo() -> list[Sample]:
    mx = "mta7.am0.yahoodns.net[203.0.113.70]"
    return [
        bounce(
            "relay-yahoo-no-user",
            _relayed(
                "5.0.0",
                "554 delivery error: dd This user doesn't have a yahoo.com account (dora@reader.test) [0] - mta4321.mail.ne1.yahoo.com",
                mx,
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "relay-yahoo-552-quota",
            _relayed("5.2.2", "552 1 Requested mail action aborted, mailbox not found or over quota: mailbox full", mx),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "relay-yahoo-tss",
            _relayed(
                "4.7.0",
                "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
                mx,
            ),
            "reputation",
            "4.7.0",
            action="alarm",
        ),
        bounce(
            "relay-yahoo-policy-pfs",
            _relayed("5.7.9", "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes", mx),
            "policy",
            "5.7.9",
            action="alarm",
        ),
        bounce(
            "yahoo-text",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@yahoo.com\nTo: {ADDRESS}\nSubject: Failure Notice\nX-Failed-Recipients: {DORA}",
                "Sorry, we were unable to deliver your message to the following address.\n\n<dora@reader.test>:\n550: 5.1.1 <dora@reader.test>... User unknown\n\n--- Below this line is a copy of the message.\n\n"
                + ORIGINAL,
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "yahoo-remote-host-said",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@yahoo.com\nTo: {ADDRESS}\nSubject: Failure Notice",
                "Sorry, we were unable to deliver your message to the following address.\n\n<dora@reader.test>:\nRemote host said:\n552 5.2.2 This message is larger than the current system limit or the recipient's mailbox is full. Create a shorter message body or remove attachments and try sending it again.\n[RCPT_TO]\n\n--- Below this line is a copy of the message.\n\n"
                + ORIGINAL,
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "aol-suspended",
            report(
                f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@aol.com>\nTo: {ADDRESS}\nSubject: Mail Delivery Problem",
                "Your mail to the following recipients could not be delivered because they are not accepting mail from post@news.example.test:\n\tdora\n",
                "Reporting-MTA: dns; mtaig-aan01.mx.aol.com\n\nFinal-Recipient: rfc822; dora@reader.test\nAction: failed\nStatus: 5.2.1\nRemote-MTA: DNS; aol.com\nDiagnostic-Code: X-AOL; sender blocked by recipient\n",
            ),
            "policy",
            "5.2.1",
            action="alarm",
        ),
    ]


def _apple() -> list[Sample]:
    mx = "mx01.mail.icloud.com[203.0.113.17]"
    return [
        bounce(
            "relay-icloud-unknown",
            _relayed("5.1.1", "550 5.1.1 <dora@reader.test>: user does not exist", mx),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "relay-icloud-inactive",
            _relayed("5.1.6", "550 5.1.6 <dora@reader.test>: recipient no longer on server", mx),
            "moved",
            "5.1.6",
            action="suppress",
        ),
        bounce(
            "relay-icloud-quota",
            _relayed("5.2.2", "552 5.2.2 <dora@reader.test>: user is over quota", mx),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "relay-icloud-hm08",
            _relayed(
                "5.7.1", "554 5.7.1 [HM08] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137", mx
            ),
            "policy",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "relay-icloud-dmarc",
            _relayed(
                "5.7.1",
                "554 5.7.1 Your message was rejected due to news.example.test's DMARC policy. See https://support.apple.com/en-us/HT204137 for info",
                mx,
            ),
            "authentication",
            "5.7.1",
            action="alarm",
        ),
    ]
