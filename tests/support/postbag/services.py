"""Bounces of services that send for others, and of providers of access and hosting."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL_HEADERS,
    Sample,
    body,
    bounce,
    mail,
    parts,
    report,
)

_DAEMON = f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.reader.test>\nTo: {ADDRESS}\n"


def _fields(status: str, diagnostic: str = "", action: str = "failed") -> str:
    told = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return f"Reporting-MTA: dns; mx.reader.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: {action}\nStatus: {status}\n{told}"


def samples() -> list[Sample]:
    return [
        bounce(
            "powermta",
            report(
                f"Return-Path: <>\nFrom: postmaster@mta.example.test\nTo: {ADDRESS}\nSubject: Delivery report",
                f"Hello, this is the mail server on mta.example.test.\n\nI am sending you this message to inform you on the delivery status of a\nmessage you previously sent.  Immediately below you will find a list of\nthe affected recipients;  also attached is a Delivery Status Notification\n(DSN) report in standard format, as well as the headers of the original\nmessage.\n\n  <{DORA}>  delivery failed; will not continue trying\n",
                f"Reporting-MTA: dns;mta.example.test\nX-PowerMTA-VirtualMTA: vmta1\n\nOriginal-Recipient: rfc822;{DORA}\nFinal-Recipient: rfc822;{DORA}\nAction: failed\nStatus: 5.2.1 (mailbox disabled, not accepting messages)\nRemote-MTA: dns;mx.reader.test (203.0.113.4)\nDiagnostic-Code: smtp;550 5.2.1 mailbox unavailable: inactive account\nX-PowerMTA-BounceCategory: inactive-mailbox\n",
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
        bounce(
            "powermta-bad-domain",
            report(
                f"Return-Path: <>\nFrom: postmaster@mta.example.test\nTo: {ADDRESS}\nSubject: Delivery report",
                f"Hello, this is the mail server on mta.example.test.\n\n  <{DORA}>  delivery failed; will not continue trying\n",
                f"Reporting-MTA: dns;mta.example.test\n\nFinal-Recipient: rfc822;{DORA}\nAction: failed\nStatus: 5.1.2 (bad destination system: no such domain)\nX-PowerMTA-BounceCategory: bad-domain\n",
            ),
            "unknown_host",
            "5.1.2",
            action="suppress",
        ),
        bounce(
            "ses-mailbox-not-exist",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@amazonses.com\nTo: {ADDRESS}\nSubject: Delivery Status Notification (Failure)",
                f"An error occurred while trying to deliver the mail to the following recipients:\n{DORA}\n",
                f"Reporting-MTA: dns; a8-50.smtp-out.amazonses.com\n\nAction: failed\nFinal-Recipient: rfc822; {DORA}\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\nStatus: 5.1.1\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "ses-suppression-list",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@amazonses.com\nTo: {ADDRESS}\nSubject: Delivery Status Notification (Failure)",
                f"An error occurred while trying to deliver the mail to the following recipients:\n{DORA}\n",
                f"Reporting-MTA: dns; amazonses.com\n\nAction: failed\nFinal-Recipient: rfc822; {DORA}\nDiagnostic-Code: Amazon SES did not send the message to this address because it is on the suppression list for your account.\nStatus: 5.1.1\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "workmail-user-not-found",
            report(
                f"Return-Path: <>\nFrom: Mail Delivery System <postmaster@amazonworkmail.example.test>\nTo: {ADDRESS}\nSubject: Delivery Status Notification (Failure)",
                f"Technical report:\n\nThe email to {DORA} could not be delivered.\n",
                _fields("5.1.1", "smtp; 550 4.4.7 Unable to deliver: user not found"),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "sendgrid",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@sendgrid.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                f"Hello, this is the mail server on sendgrid.example.test.\n\nThe following addresses failed:\n\n{DORA}\n",
                f"Reporting-MTA: dns; sendgrid.example.test\n\nFinal-Recipient: rfc822; {DORA}\nOriginal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 550\nDiagnostic-Code: 550 The email account that you tried to reach does not exist.\n",
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "zoho-notice",
            parts(
                f"Return-Path: <>\nFrom: mailer-daemon@mail.zoho.com\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                "multipart/mixed",
                body(
                    f"This message was created automatically by mail delivery software.\n A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\n{DORA} Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.=\n 1 <{DORA}>: Recipient address rejected: User unknown\n\nReceived:from mail.zoho.com by mx.zohomail.com\n\twith SMTP id 1762725612\n\n"
                    + ORIGINAL_HEADERS
                ),
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "google-groups",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nTo: {ADDRESS}\nSubject: Delivery Status Notification (Failure)\nX-Failed-Recipients: team@reader.test",
                "Hello post@news.example.test,\n\nWe're writing to let you know that the group you tried to contact (team) may not exist, or you may not have permission to post messages to the group. A few more details on why you weren't able to post:\n\n * You might have spelled or formatted the group name incorrectly.\n * The owner of the group may have removed this group.\n * You may need to join the group before receiving permission to post.\n",
            ),
            "policy",
            recipient="team@reader.test",
            action="alarm",
        ),
        bounce(
            "postmark-like-inactive",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@mtasv.example.test\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender",
                f"<{DORA}>: host mx.reader.test said: 554 5.7.1 <{DORA}>: Recipient address rejected: user {DORA} does not exist\n",
                _fields("5.7.1", f"smtp; 554 5.7.1 <{DORA}>: Recipient address rejected: user {DORA} does not exist"),
            ),
            "unknown_user",
            "5.7.1",
            action="suppress",
        ),
        bounce(
            "secureserver-550-5-1-1",
            report(
                _DAEMON + "Subject: Returned mail", "failed", _fields("5.1.1", f"smtp; 550 5.1.1 <{DORA}> recipient does not exist here")
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "comcast-554-rdns",
            report(
                _DAEMON + "Subject: Returned mail",
                "failed",
                _fields(
                    "5.0.0",
                    "smtp; 554 resimta-ch2-09v.sys.comcast.net 192.0.2.25 found on one or more DNSBLs, see http://postmaster.comcast.net/smtp-error-codes.php#BL000000",
                ),
            ),
            "reputation",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "att-blocked",
            report(
                _DAEMON + "Subject: Returned mail",
                "failed",
                _fields(
                    "5.7.1",
                    "smtp; 553 5.3.0 alph735 DNSBL:RBL 521< 192.0.2.25 >_is_blocked.For assistance forward this error to abuse_rbl@abuse-att.net",
                ),
            ),
            "reputation",
            "5.3.0",
            action="alarm",
        ),
        bounce(
            "charter-no-such",
            report(_DAEMON + "Subject: Returned mail", "failed", _fields("5.1.1", "smtp; 550 5.1.1 recipient address rejected: AUP#1260")),
            "policy",
            "5.1.1",
            action="alarm",
        ),
        bounce(
            "free-fr-too-many",
            report(
                _DAEMON + "Subject: Returned mail",
                "failed",
                _fields("4.7.1", "smtp; 451 too many errors detected from your IP (192.0.2.25), please visit http://postmaster.free.fr/"),
            ),
            "rate",
            "4.7.1",
            action="log",
        ),
        bounce(
            "sina-full",
            report(_DAEMON + "Subject: Returned mail", "failed", _fields("5.0.0", "smtp; 552 Quota exceeded or service disabled.")),
            "full",
            "5.0.0",
            action="count",
        ),
        bounce(
            "uol-br-inactive",
            report(
                _DAEMON + "Subject: Returned mail",
                "failed",
                _fields("5.2.1", f"smtp; 550 5.2.1 <{DORA}>: Recipient address rejected: Conta inativa por falta de uso"),
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
    ]
