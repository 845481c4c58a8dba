"""What Exim, qmail, Sendmail and their like send back."""

from tests.support.postbag.building import (
    ADDRESS,
    DORA,
    ORIGINAL,
    Sample,
    bounce,
    delayed,
    mail,
    report,
)

_EXIM = f"Return-path: <>\nX-Failed-Recipients: {DORA}\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.reader.test>\nTo: {ADDRESS}\n"
_EXIM_WORDS = "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
_QMAIL = "Hi. This is the qmail-send program at mx.reader.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"


def _qmail(words: str) -> bytes:
    return mail(
        f"Return-Path: <>\nReceived: (qmail 21417 invoked for bounce); 10 Nov 2026 07:00:14 +0900\nFrom: MAILER-DAEMON@mx.reader.test\nTo: {ADDRESS}\nSubject: failure notice",
        _QMAIL + words + "\n\n--- Below this line is a copy of the message.\n\n" + ORIGINAL,
    )


def _exim(words: str, subject: str = "Mail delivery failed: returning message to sender") -> bytes:
    return mail(
        _EXIM + f"Subject: {subject}",
        _EXIM_WORDS + words + "\n\n------ This is a copy of the message, including all the headers. ------\n\n" + ORIGINAL,
    )


def _sendmail(transcript: str, status: str, action: str = "failed", subject: str = "Returned mail: see transcript for details") -> bytes:
    said = [line[4:] for line in transcript.splitlines() if line.startswith("<<<")]
    reason = (said or transcript.splitlines()[-1:])[0]
    return report(
        f"Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.reader.test>\nTo: <{ADDRESS}>\nSubject: {subject}\nAuto-Submitted: auto-generated (failure)",
        f"The original message was received at Tue, 10 Nov 2026 07:00:12 +0900\nfrom news.example.test [192.0.2.25]\n\n   ----- The following addresses had permanent fatal errors -----\n<{DORA}>\n    (reason: {reason})\n\n   ----- Transcript of session follows -----\n{transcript}\n",
        f"Reporting-MTA: dns; mx.reader.test\nReceived-From-MTA: DNS; news.example.test\nArrival-Date: Tue, 10 Nov 2026 07:00:12 +0900\n\nFinal-Recipient: RFC822; {DORA}\nAction: {action}\nStatus: {status}\nLast-Attempt-Date: Tue, 10 Nov 2026 07:00:13 +0900\n",
    )


def samples() -> list[Sample]:
    return [*_of_exim(), *_of_qmail(), *_of_sendmail()]


def _of_exim() -> list[Sample]:
    return [
        bounce("exim-unrouteable", _exim(f"  {DORA}\n    Unrouteable address"), "unknown_host", action="confirm"),
        bounce(
            "exim-remote-550",
            _exim(
                f"  {DORA}\n    host mx.reader.test [203.0.113.4]\n    SMTP error from remote mail server after RCPT TO:<{DORA}>:\n    550 No Such User Here"
            ),
            "unknown_user",
            status="5.0.0",
            action="suppress",
        ),
        bounce(
            "exim-retry-timeout",
            _exim(
                f"  {DORA}\n    host mx.reader.test [203.0.113.4]\n    SMTP error from remote mail server after initial connection:\n    421 Too many concurrent SMTP connections; please try again later.: retry timeout exceeded"
            ),
            "rate",
            status="4.0.0",
            action="log",
        ),
        bounce(
            "exim-quota-cpanel",
            _exim(
                f"  {DORA}\n    (generated from dora@reader.test)\n    LMTP error from remote mail server after end of data:\n    452 <{DORA}> Mailbox is full / Blocks limit exceeded / Inode limit exceeded: retry timeout exceeded"
            ),
            "full",
            status="4.0.0",
            action="count",
        ),
        bounce(
            "exim-jfe-rejected",
            _exim(
                f"  {DORA}\n    host mx.reader.test [203.0.113.4]\n    SMTP error from remote mail server after end of data:\n    550 This message was classified as SPAM and may not be delivered"
            ),
            "spam",
            status="5.0.0",
            action="alarm",
        ),
        delayed(
            "exim-warning",
            mail(
                _EXIM.replace(f"X-Failed-Recipients: {DORA}\n", "") + "Subject: Warning: message 1tAbCd-0001Xy-2z delayed 24 hours",
                f"This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.reader.test.\n\nThe message identifier is:     1tAbCd-0001Xy-2z\nThe subject of the message is: news\nThe date of the message is:    Tue, 10 Nov 2026 07:00:10 +0900\n\nThe address to which the message has not yet been delivered is:\n\n  {DORA}\n    host mx.reader.test [203.0.113.4]\n    Delay reason: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals if the message\nremains undelivered. Eventually the mail delivery software will give up,\nand when that happens, the message will be returned to you.\n",
            ),
        ),
        bounce(
            "exim-domain-expired",
            _exim(f"  {DORA}\n    all relevant MX records point to non-existent hosts"),
            "unknown_host",
            action="confirm",
        ),
    ]


def _of_qmail() -> list[Sample]:
    return [
        bounce(
            "qmail-no-mailbox",
            _qmail(f"<{DORA}>:\nSorry, no mailbox here by that name. (#5.1.1)"),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce("qmail-vpopmail", _qmail(f"<{DORA}>:\nThis address no longer accepts mail."), "unknown_user", action="confirm"),
        bounce(
            "qmail-remote-said",
            _qmail(
                f"<{DORA}>:\n203.0.113.4 does not like recipient.\nRemote host said: 550 5.1.1 <{DORA}>... User unknown\nGiving up on 203.0.113.4."
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce("qmail-quota", _qmail(f"<{DORA}>:\nuser is over quota (#5.2.2)"), "full", "5.2.2", action="count"),
        bounce(
            "qmail-no-host",
            _qmail(f"<{DORA}>:\nSorry, I couldn't find any host named reader.test. (#5.1.2)"),
            "unknown_host",
            "5.1.2",
            action="suppress",
        ),
        bounce(
            "qmail-too-long-in-queue",
            _qmail(
                f"<{DORA}>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long."
            ),
            "expired",
            "4.4.1",
            action="log",
        ),
        bounce(
            "qmail-rcpthosts",
            _qmail(
                f"<{DORA}>:\n203.0.113.4 does not like recipient.\nRemote host said: 553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)\nGiving up on 203.0.113.4."
            ),
            "relay",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "qmail-failed-after-sent",
            _qmail(
                f"<{DORA}>:\n203.0.113.4 failed after I sent the message.\nRemote host said: 554 5.7.1 The message was rejected because it matched a profile the Internet community may consider spam"
            ),
            "spam",
            "5.7.1",
            action="alarm",
        ),
    ]


def _of_sendmail() -> list[Sample]:
    return [
        bounce(
            "sendmail-user-unknown",
            _sendmail(
                f"... while talking to mx.reader.test.:\n>>> DATA\n<<< 550 5.1.1 <{DORA}>... User unknown\n550 5.1.1 <{DORA}>... User unknown",
                "5.1.1",
            ),
            "unknown_user",
            "5.1.1",
            action="suppress",
        ),
        bounce(
            "sendmail-5-day-timeout",
            _sendmail(
                "451 reader.test: Name server timeout\nMessage could not be delivered for 5 days\nMessage will be deleted from queue",
                "4.4.7",
            ),
            "expired",
            "4.4.7",
            action="log",
        ),
        delayed(
            "sendmail-warning-4-hours",
            _sendmail(
                "... Deferred: Connection refused by mx.reader.test.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old",
                "4.4.1",
                "delayed",
                "Warning: could not send message for past 4 hours",
            ),
            "4.4.1",
        ),
        bounce(
            "sendmail-service-unavailable",
            _sendmail(
                "... while talking to mx.reader.test.:\n<<< 554 5.7.1 Access denied for your host news.example.test, listed in bl.example.test\n554 5.0.0 Service unavailable",
                "5.0.0",
            ),
            "reputation",
            "5.7.1",
            action="alarm",
        ),
        bounce(
            "sendmail-data-format",
            _sendmail(
                "... while talking to mx.reader.test.:\n<<< 501 5.1.3 Bad recipient address syntax\n501 5.6.0 Data format error", "5.1.3"
            ),
            "bad_address",
            "5.1.3",
            action="suppress",
        ),
        bounce(
            "sendmail-disabled",
            _sendmail(
                "... while talking to mx.reader.test.:\n>>> RCPT To:<dora@reader.test>\n<<< 550 5.2.1 <dora@reader.test>... Mailbox disabled for this recipient\n550 5.1.1 <dora@reader.test>... User unknown",
                "5.2.1",
            ),
            "disabled",
            "5.2.1",
            action="count",
        ),
        bounce(
            "sendmail-moved",
            _sendmail(
                "... while talking to mx.reader.test.:\n<<< 551 5.1.6 User has moved; please try <dora@elsewhere.test>\n551 5.1.6 User has moved",
                "5.1.6",
            ),
            "moved",
            "5.1.6",
            action="suppress",
        ),
    ]
