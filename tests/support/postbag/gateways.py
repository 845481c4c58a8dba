"""What groupware and the gateways of companies send back."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL,
    ORIGINAL_HEADERS,
    Sample,
    body,
    bounce,
    delayed,
    mail,
    part,
    parts,
    report,
)

_RELAY = f"Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@relay.example.test>\nTo: {ADDRESS}\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied"


def _said(answer: str, status: str, host: str = "mx.reader.test[203.0.113.4]") -> bytes:
    return report(
        _RELAY,
        f"<{DORA}>: host {host} said: {answer} (in reply to end of DATA command)\n",
        f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: {status}\nRemote-MTA: dns; {host}\nDiagnostic-Code: smtp; {answer}\n",
        returned=ORIGINAL_HEADERS,
        returned_kind="text/rfc822-headers",
    )


def samples() -> list[Sample]:
    return [*_groupware(), *_said_by_gateways(), *_own_notices()]


def _groupware() -> list[Sample]:
    return [
        bounce(
            "domino-not-listed",
            report(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: DELIVERY FAILURE: User dora (dora@reader.test) not listed in Domino Directory\nX-Mailer: HCL Domino",
                "Your message\n\n  Subject: news\n\nwas not delivered to:\n\n  dora@reader.test\n\nbecause:\n\n  User dora (dora@reader.test) not listed in Domino Directory\n",
                f"Reporting-MTA: dns;notes1.reader.test\n\nFinal-Recipient: rfc822;{DORA}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X-Notes; User dora (dora@reader.test) not listed in Domino Directory\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "domino-quota",
            report(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: DELIVERY FAILURE: Cannot store document; database has exceeded its disk quota.",
                "Your message\n\n  Subject: news\n\nwas not delivered to:\n\n  dora@reader.test\n\nbecause:\n\n  Cannot store document; database has exceeded its disk quota.\n",
                f"Reporting-MTA: dns;notes1.reader.test\n\nFinal-Recipient: rfc822;{DORA}\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: X-Notes; Cannot store document; database has exceeded its disk quota.\n",
            ),
            "full",
            "5.7.1",
            action="count",
        ),
        bounce(
            "domino-multiple-matches",
            mail(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: DELIVERY FAILURE: Recipient's Domino Directory entry does not allow delivery",
                "Your message\n\n  Subject: news\n\nwas not delivered to:\n\n  dora@reader.test\n\nbecause:\n\n  550 5.7.1 Recipient's Domino Directory entry does not specify a valid Notes mail file\n",
            ),
            "system",
            "5.7.1",
            action="log",
        ),
        bounce(
            "groupwise-no-such-user",
            mail(
                f"Return-Path: <>\nFrom: Mailer-Daemon@gw.reader.test\nTo: {ADDRESS}\nSubject: Message status - undeliverable\nX-Mailer: GroupWise Internet Agent 18.4",
                "The message that you sent was undeliverable to the following:\n\tdora (user not found)\n\nPossibly truncated original message follows:\n\n"
                + ORIGINAL_HEADERS,
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "groupwise-mailbox-full",
            mail(
                f"Return-Path: <>\nFrom: System Administrator <Mailer-Daemon@gw.reader.test>\nTo: {ADDRESS}\nSubject: Message status - undeliverable\nX-Mailer: GroupWise Internet Agent 18.4",
                "The attached file had the following undeliverable recipient(s):\n\tdora@reader.test (Mailbox is full - MTA will not deliver)\n",
            ),
            "full",
            action="count",
        ),
        bounce(
            "zimbra-over-quota",
            _said(f"554 5.2.2 <{DORA}>: Over quota: com.zimbra.cs.mailbox.MailServiceException: mailbox exceeded quota", "5.2.2"),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "communigate-account-full",
            report(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@reader.test\nTo: {ADDRESS}\nSubject: Undeliverable mail: news\nX-Mailer: CommuniGate Pro CLI mailer",
                "Failed to deliver to 'dora@reader.test'\nLOCAL module(account dora) reports:\n account is full (quota exceeded)\n",
                "Reporting-MTA: dns; reader.test\n\nOriginal-Recipient: rfc822;<dora@reader.test>\nFinal-Recipient: LOCAL;<dora>\nAction: failed\nStatus: 5.0.0\n",
            ),
            "full",
            "5.0.0",
            action="count",
        ),
        bounce(
            "mdaemon-no-such-user",
            mail(
                f"Return-Path: <>\nFrom: MDaemon@reader.test\nTo: {ADDRESS}\nSubject: Permanent Delivery Failure\nX-MDaemon-Deliver-To: b@news.example.test\nX-Actual-From: MDaemon@reader.test",
                "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has\nbeen removed from the mail queue on this server.\n\nFailed address: dora@reader.test\n\n--- Session Transcript ---\n Tue 2026-11-10 07:00:14: --> RCPT To:<dora@reader.test>\n Tue 2026-11-10 07:00:14: <-- 550 <dora@reader.test>, Recipient unknown\n--- End Transcript ---\n",
            ),
            "unknown_user",
            status="5.0.0",
            action="suppress",
        ),
        bounce(
            "sun-messaging",
            report(
                f"Return-Path: <>\nFrom: Internet Mail Delivery <postmaster@mta.reader.test>\nTo: {ADDRESS}\nSubject: Delivery Notification: Delivery has failed",
                "This report relates to a message you sent with the following header fields:\n\n  Message-id: <d5b1c9e02.41@news.example.test>\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: dora@reader.test\n  Reason: Illegal host/domain name found\n",
                "Original-envelope-id: 0K2X00A1B\nReporting-MTA: dns;mta.reader.test (tcp-daemon)\n\nOriginal-recipient: rfc822;dora@reader.test\nFinal-recipient: rfc822;dora@reader.test\nAction: failed\nStatus: 5.4.4 (Illegal host/domain name found)\n",
            ),
            "unknown_host",
            "5.4.4",
            action="suppress",
        ),
    ]


def _said_by_gateways() -> list[Sample]:
    return [
        bounce(
            "barracuda-ess-blocked",
            _said(
                "550 permanent failure for one or more recipients (dora@reader.test:blocked)",
                "5.0.0",
                "d12345a.ess.barracudanetworks.com[203.0.113.30]",
            ),
            "policy",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "barracuda-ess-invalid",
            _said(
                "550 permanent failure for one or more recipients (dora@reader.test:550 5.1.1 invalid recipient)",
                "5.1.1",
                "d12345a.ess.barracudanetworks.com[203.0.113.30]",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "barracuda-reputation",
            _said(
                "554 Service unavailable; Client host [news.example.test] blocked using Barracuda Reputation; http://www.barracudanetworks.com/reputation/?r=1&ip=192.0.2.25",
                "5.0.0",
            ),
            "reputation",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "mimecast-invalid",
            _said(
                "550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [aBcDeFgHiJkL.sg12]",
                "5.0.0",
                "sg-smtp-inbound-1.mimecast.com[203.0.113.40]",
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "mimecast-greylist",
            _said(
                "451 Internal resource temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451 [xYz]",
                "4.0.0",
                "sg-smtp-inbound-1.mimecast.com[203.0.113.40]",
            ),
            "system",
            "4.0.0",
            action="log",
        ),
        bounce(
            "mimecast-rejected-by-policy",
            _said(
                "550 Administrative prohibition - envelope blocked - https://community.mimecast.com/docs/DOC-1369#550 [xYz]",
                "5.0.0",
                "sg-smtp-inbound-1.mimecast.com[203.0.113.40]",
            ),
            "policy",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "proofpoint-pdr",
            _said("554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.25", "5.0.0", "mx0a-0012.pphosted.com[203.0.113.50]"),
            "reputation",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "proofpoint-unknown",
            _said("550 5.1.1 User Unknown", "5.1.1", "mx0a-0012.pphosted.com[203.0.113.50]"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "proofpoint-essentials-full",
            _said("452 4.2.2 Recipient is over quota", "4.2.2", "mx1-ap.ppe-hosted.com[203.0.113.51]"),
            "full",
            "4.2.2",
            action="count",
        ),
        bounce(
            "messagelabs-no-valid-recipients",
            _said("550-Invalid recipient <dora@reader.test> 550 (#5.1.1)", "5.1.1", "cluster8.eu.messagelabs.com[203.0.113.60]"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "ironport-sbrs",
            _said(
                "554-mx1.reader.test 554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means.",
                "5.0.0",
            ),
            "reputation",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "ironport-outbreak",
            _said("550 #5.7.1 Your message has been rejected: it contains a virus (Eicar-Test-Signature)", "5.7.1"),
            "content",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "trend-rbl",
            _said(
                "550 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using Trend Micro RBL+. Please see http://www.mail-abuse.com/cgi-bin/lookup?ip_address=192.0.2.25",
                "5.7.1",
            ),
            "reputation",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "sophos-rate",
            _said("451 4.7.1 Rate limit exceeded for your IP, try again in 15 minutes", "4.7.1"),
            "rate",
            "4.7.1",
            action="log",
        ),
        bounce(
            "fortimail-session",
            _said("550 5.7.1 Mail rejected by receiver: URL in message is listed on URIBL black", "5.7.1"),
            "content",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "spamassassin-score",
            _said("550 5.7.1 This message scored 9.4 points and looks like spam. Congratulations, it has been rejected", "5.7.1"),
            "spam",
            "5.7.1",
            action="alarm",
        ),
    ]


def _own_notices() -> list[Sample]:
    return [
        bounce(
            "mimecast-undeliverable-notice",
            report(
                f"Return-Path: <>\nFrom: Postmaster <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: [Postmaster] Email Delivery Failure\nAuto-Submitted: auto-replied",
                body(
                    "<html><body><p>This is a delivery failure notification message indicating that an email you addressed to email address :<br/>-- dora@reader.test<br/><br/>could not be delivered. The problem appears to be :<br/>-- Recipient email server rejected the message<br/><br/>Additional information follows :<br/>-- 550 5.1.1 User unknown<br/><br/>This condition occurred after 1 attempt(s) to deliver over a period of 0 hour(s).</p></body></html>",
                    kind="text/html",
                ),
                "Reporting-MTA: dns; mimecast.example.test\n\nFinal-Recipient: rfc822; dora@reader.test\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; 203.0.113.4\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n",
                returned=ORIGINAL_HEADERS,
                returned_kind="text/rfc822-headers",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "amavis-banned",
            report(
                f"Return-Path: <>\nFrom: Content-filter at mx.reader.test <postmaster@mx.reader.test>\nTo: {ADDRESS}\nSubject: BANNED contents from you (.exe)\nAuto-Submitted: auto-replied",
                "BANNED CONTENTS ALERT\n\nOur content checker found\n    banned name: .exe,setup.exe\n\nin email presumably from you <post@news.example.test>\nto the following recipient:\n-> dora@reader.test\n\nDelivery of the email was stopped!\n",
                "Reporting-MTA: dns; mx.reader.test\n\nFinal-Recipient: rfc822; dora@reader.test\nAction: failed\nStatus: 5.7.0\nDiagnostic-Code: smtp; 554 5.7.0 Reject, id=2211-04 - BANNED: .exe,setup.exe\n",
            ),
            "content",
            "5.7.0",
            action="alarm",
        ),
        bounce(
            "clearswift-blocked",
            mail(
                f"Return-Path: <>\nFrom: MAILsweeper <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Message blocked: news",
                "Your message to dora@reader.test was blocked by our e-mail content policy and has not been delivered.\n\nReason: Detected as SPAM\n",
            ),
            "spam",
            action="alarm",
        ),
        bounce(
            "symantec-gateway-delivery-failed",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@gateway.reader.test\nTo: {ADDRESS}\nSubject: Delivery Failure\nX-Mailer: SMTP Gateway",
                "Could not deliver message to the following recipient(s):\n\nFailed Recipient: dora@reader.test\nReason: Remote host said: 550 5.2.1 Mailbox temporarily disabled: dora@reader.test\n\n   -- The header and top 20 lines of the message follows --\n\n"
                + ORIGINAL,
                coding="quoted-printable",
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
        delayed(
            "lotus-delay",
            mail(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: DELAYED DELIVERY: news\nX-Mailer: HCL Domino",
                "Your message to dora@reader.test has been delayed. The server will continue trying to deliver it for 23 more hours. No action is needed.\n",
            ),
        ),
        bounce(
            "lmtp-two-recipients-one-gone",
            parts(
                _RELAY,
                "multipart/report; report-type=delivery-status",
                body("Two addresses, one of which failed for good.\n"),
                part(
                    "message/delivery-status",
                    f"Reporting-MTA: dns; relay.example.test\n\nFinal-Recipient: rfc822; ben@reader.test\nAction: relayed\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 mailbox not found\n",
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
    ]
