"""Mail systems that are met less often: Courier, OpenSMTPD, PowerMTA, James, Kerio, older gateways."""

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

_DAEMON = f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.reader.test>\nTo: {ADDRESS}\n"


def _fields(status: str, diagnostic: str = "", action: str = "failed") -> str:
    told = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return f"Reporting-MTA: dns; mx.reader.test\n\nFinal-Recipient: rfc822; {DORA}\nAction: {action}\nStatus: {status}\n{told}"


def samples() -> list[Sample]:
    return [*_servers(), *_gateways()]


def _servers() -> list[Sample]:
    return [
        bounce(
            "courier-unknown",
            report(
                _DAEMON + "Subject: NOTICE: mail delivery status.",
                f"\nThis is a delivery status notification from mx.reader.test,\nrunning the Courier mail server, version 1.3.\n\nThe original message was received on Tue, 10 Nov 2026 07:00:12 +0900\nfrom news.example.test (news.example.test [192.0.2.25])\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<{DORA}>:\n    mx.reader.test [203.0.113.4]:\n>>> RCPT TO:<{DORA}>\n<<< 550 User unknown.\n",
                _fields("5.0.0", "smtp; 550 User unknown."),
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        delayed(
            "courier-delay",
            report(
                _DAEMON + "Subject: NOTICE: mail delivery status.",
                f"                        DELAYED MAIL\n\nYour message to the following recipients has been delayed, and we'll keep trying:\n\n<{DORA}>:\n    Connection refused\n",
                _fields("4.4.1", "smtp; 451 Connection refused", "delayed"),
            ),
            "4.4.1",
        ),
        bounce(
            "opensmtpd",
            report(
                _DAEMON.replace("Mail Delivery Subsystem", "Mailer Daemon") + "Subject: Delivery status notification: error",
                f"    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n{DORA}: 550 5.2.2 <{DORA}>: Mailbox full\n\n    Below is a copy of the original message:\n",
                _fields("5.0.0"),
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "opensmtpd-no-mx",
            mail(
                _DAEMON + "Subject: Delivery status notification: error",
                f"    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\n{DORA}: No MX found for domain\n\n    Below is a copy of the original message:\n\n"
                + ORIGINAL,
            ),
            "does_not_accept_mail",
            action="confirm",
        ),
        bounce(
            "james",
            parts(
                f"Return-Path: <>\nFrom: postmaster@reader.test\nTo: {ADDRESS}\nSubject: Re: A gift for one day\nX-Mailer: JAMES",
                "multipart/mixed",
                body(
                    f"Hi. This is the James mail server at reader.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.  Below\nI include the list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\n{DORA}\n\nError message:\n550 5.1.1 No such user\n"
                ),
                part("message/rfc822", ORIGINAL),
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "kerio-quota",
            report(
                f"Return-Path: <>\nFrom: Mail Server Administrator <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Undeliverable: A gift for one day",
                f"Your message could not be delivered to the following recipient(s):\n\n{DORA}\n    (user's mailbox quota was exceeded)\n",
                _fields("5.2.2"),
            ),
            "full",
            "5.2.2",
            action="count",
        ),
        bounce(
            "hmailserver",
            mail(
                f"Return-Path: <>\nFrom: mailer-daemon@reader.test\nTo: {ADDRESS}\nSubject: Message undeliverable: A gift for one day",
                f"Your message did not reach some or all of the intended recipients.\n\n   Sent: Tue, 10 Nov 2026 07:00:10 +0900\n   Subject: A gift for one day\n\nThe following recipient(s) could not be reached:\n\n{DORA}\n   Error Type: SMTP\n   Remote server (203.0.113.4) issued an error.\n   hMailServer sent: RCPT TO:<{DORA}>\n   Remote server replied: 550 Unknown user\n\n\nhMailServer\n",
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "axigen-disabled",
            report(
                f"Return-Path: <>\nFrom: <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Undelivered mail",
                f"This is the mail delivery agent at mx.reader.test.\nI was not able to deliver your message to the following addresses.\n\n<{DORA}>: account is disabled\n",
                _fields("5.2.1"),
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
        bounce(
            "imail-unknown",
            mail(
                f"Return-Path: <>\nFrom: Postmaster <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Undeliverable Mail\nX-Mailer: <SMTP32 v8.22>",
                f"Unknown user: {DORA}\n\nOriginal message follows.\n\n" + ORIGINAL,
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "sendmail-5-65",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.reader.test (Mail Delivery Subsystem)\nTo: {ADDRESS}\nSubject: Returned mail: Host unknown",
                f"   ----- Transcript of session follows -----\n550 reader.test (TCP)... 550 Host unknown\n554 <{DORA}>... 550 Host unknown (Authoritative answer from name server)\n\n   ----- Unsent message follows -----\n"
                + ORIGINAL_HEADERS,
            ),
            "unknown_host",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "zmailer-reject",
            mail(
                f"Return-Path: <>\nFrom: The Post Office <postmaster@mx.reader.test>\nTo: {ADDRESS}\nSubject: Delivery problems with your mail",
                f"This is a collection of reports about email delivery\nprocess concerning a message you originated.\n\nFAILED:\n  Original Recipient:\n    rfc822;{DORA}\n  Control data:\n    smtp reader.test {DORA} 99\n  Diagnostic texts:\n    <smtp reader.test {DORA} 99>: smtp; 550 5.1.1 Recipient unknown\n\nFollowing is a copy of MESSAGE/DELIVERY-STATUS format section below.\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "stalwart-timeout",
            report(
                f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.reader.test>\nTo: {ADDRESS}\nSubject: Failed to deliver message\nAuto-Submitted: auto-generated",
                f"Your message could not be delivered to the following recipients:\n\n<{DORA}> (host 'mx.reader.test' could not be reached: connection timed out)\n",
                _fields("4.4.1", "smtp; 451 connection timed out"),
            ),
            "network",
            "4.4.1",
            action="log",
        ),
    ]


def _gateways() -> list[Sample]:
    return [
        bounce(
            "mxlogic",
            mail(
                f"Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@p01c12m034.mxlogic.example.test>\nTo: {ADDRESS}\nSubject: Mail delivery failed: returning message to sender",
                f"This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n <{DORA}>:\n     SMTP error from remote mail server after RCPT TO:<{DORA}>:\n     550 Denied by policy\n\nIncluded is a copy of the message header:\n-----------------------------------------\n"
                + ORIGINAL_HEADERS,
            ),
            "policy",
            "5.0.0",
            action="alarm",
        ),
        bounce(
            "mailfoundry",
            mail(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@gateway.reader.test\nTo: {ADDRESS}\nSubject: Message delivery has failed",
                f"This is a MIME encoded message.\n\nUnable to deliver message to: <{DORA}>\nDelivery failed for the following reason:\nServer mx.reader.test[203.0.113.4] failed with: 550 <{DORA}> No such user here\n\nThis has been a permanent failure.  No further delivery attempts will be made.\n",
            ),
            "unknown_user",
            "5.0.0",
            action="suppress",
        ),
        bounce(
            "interscan",
            mail(
                f'Return-Path: <>\nFrom: "InterScan MSS" <imss@gateway.reader.test>\nTo: {ADDRESS}\nSubject: Mail could not be delivered',
                f"-----------------------Header Below-----------------\nUnable to deliver message to <{DORA}> (and other recipients in the same domain)\n\n************* Sent: RCPT TO:<{DORA}>\nReceived: 550 5.1.1 unknown user\n",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "mailmarshal-spam",
            mail(
                f"Return-Path: <>\nFrom: MailMarshal <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Message Quarantined: A gift for one day",
                f"Your message was not delivered to the following recipients:\n\n   {DORA}\n\nMailMarshal rule: Inbound : Block Spam\nThe message was identified as unsolicited bulk mail.\n",
            ),
            "spam",
            action="alarm",
        ),
        bounce(
            "mcafee-groupshield",
            mail(
                f"Return-Path: <>\nFrom: McAfee Email Gateway <postmaster@reader.test>\nTo: {ADDRESS}\nSubject: Undelivered Mail: A gift for one day",
                f"--The following addresses had delivery problems:\n\n<{DORA}>   (User unknown {DORA})\n",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "trend-hosted-size",
            report(_DAEMON + "Subject: Undelivered Mail", "failed", _fields("5.3.4", "smtp; 552 5.3.4 Error: message file too big")),
            "size",
            "5.3.4",
            action="alarm",
        ),
        bounce(
            "notes-local-german",
            mail(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: ZUSTELLFEHLER: Der Benutzer dora (dora@reader.test) ist im Domino-Verzeichnis nicht aufgelistet",
                "Ihr Dokument:\n\n   A gift for one day\n\nwurde nicht zugestellt an:\n\n   dora@reader.test\n\nweil:\n\n   Der Benutzer dora (dora@reader.test) ist im Domino-Verzeichnis nicht aufgelistet\n",
                "iso-8859-1",
                "quoted-printable",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "notes-japanese",
            mail(
                f"Return-Path: <>\nFrom: Postmaster@reader.test\nTo: {ADDRESS}\nSubject: DELIVERY FAILURE: ",
                "お客様の文書:\n\nA gift for one day\n\n次の宛先に配信されませんでした:\n\ndora@reader.test\n\n原因:\n\nユーザー dora (dora@reader.test) は Domino ディレクトリに一覧されていません\n",
                "iso-2022-jp",
            ),
            "unknown_user",
            action="confirm",
        ),
        bounce(
            "websense-policy",
            report(
                _DAEMON + "Subject: Undelivered Mail",
                "failed",
                _fields("5.7.1", "smtp; 550 5.7.1 Message blocked due to company policy: marketing category"),
            ),
            "policy",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "cisco-invalid-recipients",
            report(
                _DAEMON + "Subject: Undelivered Mail",
                "failed",
                _fields("5.1.0", "smtp; 5.1.0 - Unknown address error 550-'#5.1.0 Address rejected.' (delivery attempts: 0)"),
            ),
            "unknown_user",
            "5.1.0",
            action="suppress",
        ),
        bounce(
            "expired-hard-word-in-middle",
            report(
                _DAEMON + "Subject: Undelivered Mail",
                "failed",
                _fields("5.4.7", "smtp; 5.4.7 - Delivery expired (message too old) 'timeout' (delivery attempts: 42)"),
            ),
            "expired",
            "5.4.7",
            action="log",
        ),
    ]
